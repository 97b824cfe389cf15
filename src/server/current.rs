//! [`Current`]: the shelf as it stands now, swapped whole when a new edition is ready.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::site::Shelf;

/// The current [`Shelf`]. Cloning it gives another handle on the same one.
///
/// Connections [`load`](Self::load) once, at their request, and use what they got to the end; an edition
/// that was replaced is freed when its last reader has left.
#[derive(Debug, Clone)]
pub struct Current(Arc<ArcSwap<Shelf>>);

impl Current {
    /// Starts with `shelf`.
    pub fn new(shelf: Shelf) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(shelf)))
    }

    /// The shelf as it stands now.
    pub fn load(&self) -> Arc<Shelf> {
        self.0.load_full()
    }

    /// Replaces it with `new` for all connections that ask from now on.
    pub fn swap(&self, new: Shelf) {
        self.0.store(Arc::new(new));
    }
}
