//! [`LiveSites`]: the current sites, swapped whole when a new edition is ready.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::site::Sites;

/// The current [`Sites`]. Cloning it gives another handle on the same one.
///
/// Connections [`load`](Self::load) once, at their request, and use what they got to the end; an edition
/// that was replaced is freed when its last reader has left.
#[derive(Debug, Clone)]
pub struct LiveSites(Arc<ArcSwap<Sites>>);

impl LiveSites {
    /// Starts with `sites`.
    pub fn new(sites: Sites) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(sites)))
    }

    /// The current sites.
    pub fn load(&self) -> Arc<Sites> {
        self.0.load_full()
    }

    /// Replaces it with `new` for all connections that ask from now on.
    pub fn swap(&self, new: Sites) {
        self.0.store(Arc::new(new));
    }
}
