// SPDX-License-Identifier: MIT
//! The guest that exited: its general registers, and CPUID as it would see it alone

use core::arch::{asm, x86_64::__cpuid_count};
use core::ptr::{addr_of, addr_of_mut};

use crate::abi::{self, Pp, Status, Tcb, Vs};
use crate::native;

/// CPUID bits that follow the guest's CR4 and not host mode's, and the CR4 bits (APM volume 3, appendix E).
const LEAF_FEATURES: u32 = 1;
const FEATURES_OSXSAVE: u32 = 1 << 27;
const CR4_OSXSAVE: u64 = 1 << 18;
const LEAF_EXTENDED_FEATURES: u32 = 7;
const EXTENDED_OSPKE: u32 = 1 << 4;
const CR4_PKE: u64 = 1 << 22;

/// The block at the thread pointer, which holds its own address.
#[inline(always)]
fn tcb() -> *mut Tcb {
    let block;
    unsafe { asm!("mov {}, fs:[0]", out(reg) block, options(nostack, pure, readonly, preserves_flags)) };
    block
}

/// Reads and writes of a register of the active VS, in place. The microkernel changes them between any two calls.
macro_rules! registers {
    ($($register:ident $setter:ident)*) => {
        $(
            #[inline(always)]
            pub fn $register() -> u64 {
                unsafe { addr_of!((*tcb()).$register).read_volatile() }
            }

            #[inline(always)]
            pub fn $setter(value: u64) {
                unsafe { addr_of_mut!((*tcb()).$register).write_volatile(value) }
            }
        )*
    };
}

registers! {
    rax set_rax
    rbx set_rbx
    rcx set_rcx
    rdx set_rdx
    rbp set_rbp
    rsi set_rsi
    rdi set_rdi
    r8 set_r8
    r9 set_r9
    r10 set_r10
    r11 set_r11
    r12 set_r12
    r13 set_r13
    r14 set_r14
    r15 set_r15
}

/// The active VS of this processor.
#[inline(always)]
pub fn vs() -> Vs {
    Vs(unsafe { addr_of!((*tcb()).active_vs).read_volatile() })
}

/// The processor that this runs on.
#[inline(always)]
pub fn this_pp() -> Pp {
    Pp(unsafe { addr_of!((*tcb()).ppid).read_volatile() })
}

/// Current privilege level: 0 for an operating system's kernel, 3 for its programs.
pub fn privilege() -> Result<u32, Status> {
    Ok(vs().get(abi::REG_CPL)? as u32)
}

/// Gives CPUID this answer: EAX, EBX, ECX, EDX.
#[inline]
pub fn answer(eax: u32, ebx: u32, ecx: u32, edx: u32) {
    set_rax(eax as u64);
    set_rbx(ebx as u64);
    set_rcx(ecx as u64);
    set_rdx(edx as u64);
}

/// Gives CPUID the answer to `CPUID_HYPERVISOR_BASE`: the product's name, and its highest leaf.
pub fn answer_signature() {
    answer(abi::CPUID_HYPERVISOR_MAX, abi::CPUID_SIGNATURE_EBX, abi::CPUID_SIGNATURE_ECX, abi::CPUID_SIGNATURE_EDX);
}

/// Gives CPUID the answer of the processor alone.
pub fn answer_cpuid() -> Result<(), Status> {
    let leaf = rax() as u32;
    #[allow(unused_unsafe)] // Newer compilers know that every processor of this kind has CPUID.
    let mut result = unsafe { __cpuid_count(leaf, rcx() as u32) };
    match leaf {
        LEAF_FEATURES => follow_cr4(&mut result.ecx, FEATURES_OSXSAVE, CR4_OSXSAVE)?,
        LEAF_EXTENDED_FEATURES => follow_cr4(&mut result.ecx, EXTENDED_OSPKE, CR4_PKE)?,
        _ => {}
    }
    answer(result.eax, result.ebx, result.ecx, result.edx);
    Ok(())
}

fn follow_cr4(ecx: &mut u32, ecx_bit: u32, cr4_bit: u64) -> Result<(), Status> {
    let set = vs().read(native(abi::REG_CR4))? & cr4_bit != 0;
    *ecx = if set { *ecx | ecx_bit } else { *ecx & !ecx_bit };
    Ok(())
}
