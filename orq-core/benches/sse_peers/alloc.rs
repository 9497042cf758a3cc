//! An allocator that counts while it is asked to.
#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

/// Off while time is measured, so that those who allocate pay for their allocations alone.
static COUNTING: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

impl Counting {
    fn grow(more: usize, less: usize) {
        if COUNTING.load(Relaxed) {
            COUNT.fetch_add(1, Relaxed);
            let live = LIVE.load(Relaxed).saturating_add(more).saturating_sub(less);
            LIVE.store(live, Relaxed);
            PEAK.fetch_max(live, Relaxed);
        }
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::grow(layout.size(), 0);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if COUNTING.load(Relaxed) {
            LIVE.store(LIVE.load(Relaxed).saturating_sub(layout.size()), Relaxed);
        }
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::grow(size, layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// What some work took from the allocator.
pub(crate) struct Taken {
    /// Allocations, a buffer that grows being one each time.
    pub(crate) count: usize,
    /// The most bytes held at once, a buffer that grows counted as its larger size.
    pub(crate) peak: usize,
}

/// Counts what `work` takes.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> Taken {
    for counter in [&COUNT, &LIVE, &PEAK] {
        counter.store(0, Relaxed);
    }
    COUNTING.store(true, Relaxed);
    let result = work();
    COUNTING.store(false, Relaxed);
    drop(result);
    Taken {
        count: COUNT.load(Relaxed),
        peak: PEAK.load(Relaxed),
    }
}
