// SPDX-License-Identifier: MIT
//! State that each processor has for itself

use core::cell::UnsafeCell;

use crate::{abi, guest};

const PROCESSORS: usize = abi::MAX_PPS as usize;

/// Processors do not share cache lines.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Slot<T>(T);

/// A static that has one value per processor.
///
/// ```ignore
/// static EXITS: PerProcessor<u64> = PerProcessor::new(0);
/// EXITS.set(EXITS.get() + 1);
/// ```
///
/// Values are copied in and out, so that no reference is alive when the `fail` callback interrupts another one.
pub struct PerProcessor<T: Copy>(UnsafeCell<[Slot<T>; PROCESSORS]>);

/// A processor reaches only its own slot.
unsafe impl<T: Copy + Send> Sync for PerProcessor<T> {}

impl<T: Copy> PerProcessor<T> {
    /// All processors begin with the same value.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new([Slot(value); PROCESSORS]))
    }

    #[inline(always)]
    pub fn get(&self) -> T {
        unsafe { self.slot().read().0 }
    }

    #[inline(always)]
    pub fn set(&self, value: T) {
        unsafe { self.slot().write(Slot(value)) }
    }

    /// The microkernel starts no more processors than there are slots.
    #[inline(always)]
    fn slot(&self) -> *mut Slot<T> {
        unsafe { self.0.get().cast::<Slot<T>>().add(guest::this_pp().0 as usize) }
    }
}
