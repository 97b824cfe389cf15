//! Acceptance tests of what readers, clients and aggregators rely on, by the numbers of the checks. The checks of
//! certificates, search and exports are in the tests of those.

mod corpus;
mod lists;
mod server;
