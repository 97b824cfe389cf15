//! The one integration-test binary: a rebuild with one costs a fraction of a rebuild with many.

mod architecture;
mod behaviours;
mod check;
mod classifier;
mod clients;
mod commonmark;
mod conversion;
mod corpus;
mod crawl;
mod feeds;
mod fuzz_checks;
mod golden;
mod line_types;
mod markdown;
mod pages;
mod search;
mod seeds;
mod serve;
mod server;
mod show;
mod support;
mod tls_client;
mod wire;
