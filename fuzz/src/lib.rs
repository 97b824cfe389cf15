//! The entry point of all fuzz targets: the checks of `testkit`, which `cargo test` also runs on the seeds, with a limit
//! on the time and the memory of each input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Longest time of one input. Optimised builds without a sanitizer keep it: `cargo fuzz run -O -s none`.
const MAX_TIME: Duration = Duration::from_millis(250);

/// The most memory of one input, in bytes.
const MAX_MEMORY: usize = 64 << 20;

/// Counts the allocated bytes.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let allocated = ALLOCATED.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(allocated, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs the check of the target `name` on `bytes`.
///
/// # Panics
///
/// If the check fails or takes too much time or memory, or if there is no target of that name.
pub fn check(name: &str, bytes: &[u8]) {
    let target = testkit::checks::TARGETS.iter().find(|(target, _)| *target == name);
    let check = target.expect("a target of that name").1;
    let (before, start) = (ALLOCATED.load(Relaxed), Instant::now());
    MOST.store(before, Relaxed);
    check(bytes);
    let (time, memory) = (start.elapsed(), MOST.load(Relaxed) - before);
    assert!(cfg!(debug_assertions) || time <= MAX_TIME, "{time:?} for {} bytes", bytes.len());
    assert!(memory <= MAX_MEMORY, "{memory} bytes of memory for {} bytes", bytes.len());
}
