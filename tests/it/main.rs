//! The one integration-test binary: a rebuild with one costs a fraction of a rebuild with many.

mod architecture;
mod check;
mod classifier;
mod clients;
mod conversion;
mod corpus;
mod crawl;
mod golden;
mod markdown;
mod serve;
mod server;
mod support;
