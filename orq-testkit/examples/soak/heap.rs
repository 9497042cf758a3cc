//! How many bytes of the heap are in use.
#![allow(
    unsafe_code,
    reason = "an allocator can't be counted in another way; each call is handed on as it came"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The system's allocator, with a sum of what was asked for and not given back.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The bytes that are in use now, as they were asked for.
pub(crate) fn live() -> usize {
    LIVE.load(Relaxed)
}

// SAFETY: every method hands its arguments on to the system's allocator and returns what that says.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that `System` asks for.
        counted(layout.size(), unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        counted(layout.size(), unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        let moved = counted(size, unsafe { System.realloc(block, layout, size) });
        if !moved.is_null() {
            LIVE.fetch_sub(layout.size(), Relaxed);
        }
        moved
    }
}

fn counted(size: usize, block: *mut u8) -> *mut u8 {
    if !block.is_null() {
        LIVE.fetch_add(size, Relaxed);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allocated_is_counted_until_it_is_given_back() {
        // Other tests allocate too, but nothing of this size.
        const LARGE: usize = 1 << 26;
        let block = Vec::<u8>::with_capacity(LARGE);
        assert!(live() >= LARGE);
        drop(block);
        assert!(live() < LARGE);
    }
}
