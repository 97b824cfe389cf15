//! What readers, clients and aggregators count on, check by check: each test bears the number of a row of the list
//! that the product was accepted by. Those about certificates and search stand with their rooms, that about exports
//! with the export.

mod corpus;
mod lists;
mod server;
