//! The one integration-test binary: a rebuild with one costs a fraction of a rebuild with many.

mod architecture;
mod classifier;
mod clients;
mod conversion;
mod corpus;
mod crawl;
mod feeds;
mod golden;
mod markdown;
mod pages;
mod serve;
mod server;
mod support;
