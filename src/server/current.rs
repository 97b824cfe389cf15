//! [`Current`]: the edition that new connections get.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::site::Shelf;

/// Holds the edition in force. Swapping in another does not wait for readers of the old one, and readers
/// do not wait for the swap.
#[derive(Debug)]
pub struct Current(ArcSwap<Shelf>);

impl Current {
    /// Starts with `shelf`.
    pub fn new(shelf: Shelf) -> Self {
        Self(ArcSwap::from_pointee(shelf))
    }

    /// The edition in force now.
    pub fn load(&self) -> Arc<Shelf> {
        self.0.load_full()
    }

    /// Puts another edition in force.
    pub fn put(&self, shelf: Shelf) {
        self.0.store(Arc::new(shelf));
    }
}
