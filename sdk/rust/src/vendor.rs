// SPDX-License-Identifier: MIT
//! Which vendor's processor this is: the same extension runs on AMD and Intel

use crate::abi::{Pp, Vp, Vs};

extern "C" {
    /// The start file asks CPUID.
    static bf_is_intel: bool;

    // What vm.rs does on Intel: sdk/c/native/intel.c, which fails the callback when the microkernel refuses.
    pub(crate) fn bf_intel_get(vs: Vs, reg: u32) -> u64;
    pub(crate) fn bf_intel_set(vs: Vs, reg: u32, value: u64);
    // sdk/c/native/vs.c, the same
    pub(crate) fn bf_vs_create_root(pp: Pp) -> Vs;
    pub(crate) fn bf_vs_create_guest(vp: Vp, pp: Pp, space: u64) -> Vs;
    pub(crate) fn bf_vs_activate_root() -> Vs;
    pub(crate) fn bf_vs_start_in_real_mode(vs: Vs, segment: u16, offset: u16);
}

/// Whether this is a processor of Intel's; of AMD's otherwise.
#[inline(always)]
pub fn is_intel() -> bool {
    unsafe { bf_is_intel }
}

/// This processor's number of what both vendors have: `REG_*`, `EXIT_*`, `INTERCEPT_*`.
#[inline(always)]
pub fn native(both: u32) -> u32 {
    if is_intel() {
        both >> 16
    } else {
        both & 0xffff
    }
}

/// Whether a VM exited for a reason that both vendors have: `EXIT_*`. Others are `AMD_EXIT_*` and `INTEL_EXIT_*`.
#[inline(always)]
pub fn is_exit(reason: u64, exit: u32) -> bool {
    reason == native(exit) as u64
}
