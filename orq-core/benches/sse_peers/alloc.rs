//! An allocator that counts while it is asked to, each thread for itself.
#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    /// None while time is measured, so that those who allocate pay for their allocations alone.
    static COUNTS: Cell<Option<Counts>> = const { Cell::new(None) };
}

/// What some work took from the allocator.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Allocations, a buffer that grows being one each time.
    pub(crate) allocations: usize,
    /// The most bytes held at once, a buffer that grows counted as its larger size.
    pub(crate) peak: usize,
    /// The bytes held at the end.
    #[allow(dead_code, reason = "the benchmark of orq-testkit reads it")]
    pub(crate) held: usize,
}

/// Counts what `work` takes.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> (T, Counts) {
    COUNTS.set(Some(Counts::default()));
    let result = work();
    (result, COUNTS.take().unwrap_or_default())
}

struct Counting;

impl Counting {
    fn count(allocations: usize, more: usize, less: usize) {
        // Fails in a thread that is about to end: nobody counts there.
        let _ = COUNTS.try_with(|counts| {
            if let Some(mut so_far) = counts.get() {
                so_far.allocations += allocations;
                so_far.held = so_far.held.saturating_add(more).saturating_sub(less);
                so_far.peak = so_far.peak.max(so_far.held);
                counts.set(Some(so_far));
            }
        });
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(1, layout.size(), 0);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        Self::count(0, 0, layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(1, size, layout.size());
        // SAFETY: the caller's promises are handed on.
        unsafe { System.realloc(place, layout, size) }
    }
}
