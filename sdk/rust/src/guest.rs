// SPDX-License-Identifier: MIT
//! The guest that exited: its general registers, and CPUID as it would see it alone

use core::arch::{asm, x86_64::{__cpuid_count, CpuidResult}};
use core::ptr::{addr_of, addr_of_mut};

use crate::abi::{self, Pp, Status, Tcb, Vs};
use crate::{is_intel, native};

pub use crate::sdk::guest::*;

/// CS.L, in the attributes that `Vs::get` gives.
const ATTRIBUTE_LONG: u64 = 1 << 9;

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

/// What an exit other than CPUID's was about: a load each, where a register of the VS is a system call.
macro_rules! told {
    ($($word:ident)*) => {
        $(
            #[inline(always)]
            pub fn $word() -> u64 {
                unsafe { addr_of!((*tcb()).$word).read_volatile() }
            }
        )*
    };
}

told! {
    exit_information1 exit_information2 exit_event exit_instruction exit_privilege
    exit_shadow exit_priority exit_rip exit_next_rip exit_rflags exit_code
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

/// Gives CPUID the answer of the processor alone: bits that show who executes it show the guest (abi/src/cpuid-bits.ts).
#[inline]
pub fn answer_cpuid() -> Result<(), Status> {
    let leaf = rax() as u32 as u64;
    if leaf > abi::CPUID_OSXSAVE_LEAF {
        return answer_higher_leaf(leaf);
    }
    let mut result = execute(leaf, rcx() as u32);
    if leaf == abi::CPUID_OSXSAVE_LEAF {
        show(&mut result.ecx, abi::CPUID_OSXSAVE_BIT, has_cr4(abi::CPUID_OSXSAVE_CR4)?);
    }
    answer(result.eax, result.ebx, result.ecx, result.edx);
    Ok(())
}

#[cold]
#[inline(never)]
fn answer_higher_leaf(leaf: u64) -> Result<(), Status> {
    let subleaf = rcx() as u32;
    let mut result = execute(leaf, subleaf);
    match leaf {
        abi::CPUID_OSPKE_LEAF if subleaf == 0 => show(&mut result.ecx, abi::CPUID_OSPKE_BIT, has_cr4(abi::CPUID_OSPKE_CR4)?),
        abi::CPUID_AESKLE_LEAF if is_intel() => show(&mut result.ebx, abi::CPUID_AESKLE_BIT, has_cr4(abi::CPUID_AESKLE_CR4)?),
        abi::CPUID_SYSCALL_LEAF if is_intel() => {
            let is_long = vs().get(abi::REG_CS_ATTRIB)? & ATTRIBUTE_LONG != 0;
            show(&mut result.edx, abi::CPUID_SYSCALL_BIT, is_long && vs().get(abi::REG_EFER)? & abi::CPUID_SYSCALL_EFER != 0);
        }
        _ => {}
    }
    answer(result.eax, result.ebx, result.ecx, result.edx);
    Ok(())
}

#[inline(always)]
fn execute(leaf: u64, subleaf: u32) -> CpuidResult {
    #[allow(unused_unsafe)] // Newer compilers know that every processor of this kind has CPUID.
    unsafe {
        __cpuid_count(leaf as u32, subleaf)
    }
}

fn has_cr4(bit: u64) -> Result<bool, Status> {
    Ok(vs().read(native(abi::REG_CR4))? & bit != 0)
}

fn show(register: &mut u32, bit: u64, is_set: bool) {
    *register = if is_set { *register | bit as u32 } else { *register & !(bit as u32) };
}
