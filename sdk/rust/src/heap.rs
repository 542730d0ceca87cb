// SPDX-License-Identifier: MIT
//! The heap that `"memory": { "maximumKiB": ... }` in the field `bareflank` of package.json gives: one for all processors.
//!
//! `extern crate alloc;` makes `Box`, `Vec` and their like of it. Without memory they panic; `try_reserve` asks.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

extern "C" {
    fn malloc(bytes: usize) -> *mut u8;
    fn calloc(count: usize, bytes: usize) -> *mut u8;
    fn realloc(memory: *mut u8, bytes: usize) -> *mut u8;
    fn aligned_alloc(alignment: usize, bytes: usize) -> *mut u8;
    fn free(memory: *mut u8);
    fn bf_heap_used() -> u64;
    fn bf_heap_blocks() -> u64;
    fn bf_heap_size() -> u64;
}

/// What `malloc` aligns to.
const ALIGNMENT: usize = 16;

struct Heap;

unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGNMENT {
            malloc(layout.size())
        } else {
            aligned_alloc(layout.align(), layout.size())
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGNMENT {
            return calloc(1, layout.size());
        }
        let memory = self.alloc(layout);
        if !memory.is_null() {
            ptr::write_bytes(memory, 0, layout.size());
        }
        memory
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        if layout.align() <= ALIGNMENT {
            return realloc(memory, bytes);
        }
        let moved = self.alloc(Layout::from_size_align_unchecked(bytes, layout.align()));
        if !moved.is_null() {
            ptr::copy_nonoverlapping(memory, moved, layout.size().min(bytes));
            free(memory);
        }
        moved
    }

    unsafe fn dealloc(&self, memory: *mut u8, _layout: Layout) {
        free(memory)
    }
}

#[global_allocator]
static HEAP: Heap = Heap;

/// Bytes in use, with 8 for each block.
pub fn used() -> u64 {
    unsafe { bf_heap_used() }
}

/// Blocks in use.
pub fn blocks() -> u64 {
    unsafe { bf_heap_blocks() }
}

/// Bytes that the heap has from the microkernel.
pub fn size() -> u64 {
    unsafe { bf_heap_size() }
}
