// SPDX-License-Identifier: MIT
//! The operating system as the root VM, with what it and the loader expect of CPUID

use crate::abi::{self, Pp, Status, Vs};
use crate::{guest, is_exit, log, sdk, Next};

/// Makes the operating system this processor's root VS, which exits for CPUID: for `bootstrap`.
pub fn start(pp: Pp) -> Result<Vs, Status> {
    Vs::create_root(pp)?.intercept(abi::INTERCEPT_CPUID)
}

/// Hides the hypervisor's memory from the operating system, which reads zeroes there, and gets a general protection fault when it
/// writes there.
pub fn hide_hypervisor(root: Vs) -> Result<(), Status> {
    abi::nested_guard(root)
}

/// Whether an exit is a command of the loader's: CPUID of the control leaf, in the operating system's kernel.
#[inline(always)]
pub fn is_command(reason: u64, command: u32) -> bool {
    is_exit(reason, abi::EXIT_CPUID)
        && guest::rax() as u32 == abi::CPUID_CONTROL
        && guest::rcx() as u32 == command
        && guest::privilege() == Ok(0)
}

/// Whether this processor is told to leave the hypervisor: the place for totals. `vmexit` answers.
#[inline(always)]
pub fn is_leaving(reason: u64) -> bool {
    is_command(reason, abi::CPUID_CONTROL_REPORT_OFF)
}

/// What happens at the exits of an operating system that `start` has started; at any other, give up.
#[inline(always)]
pub fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    if is_exit(reason, abi::EXIT_CPUID) {
        cpuid()
    } else {
        unasked(vs, reason)
    }
}

/// Does what the processor would have done at an exit that nobody asked for, or raises #UD for an instruction that nobody
/// carries out; `Next::Fail` when it is no instruction's and nobody knows.
#[cold]
#[inline(never)]
pub fn unasked(vs: Vs, reason: u64) -> Result<Next, Status> {
    Ok(sdk::root::unasked(vs, reason))
}

/// CPUID: the processor answers, but for the hypervisor's own leaves.
#[inline(always)]
pub fn cpuid() -> Result<Next, Status> {
    match guest::rax() as u32 {
        abi::CPUID_CONTROL => return control(),
        abi::CPUID_HYPERVISOR_BASE => guest::answer_signature(),
        abi::CPUID_HYPERVISOR_MAX => guest::answer(abi::CPUID_INTERFACE_EAX, 0, 0, 0),
        abi::CPUID_HYPERVISOR_BASE..=abi::CPUID_HYPERVISOR_LAST => guest::answer(0, 0, 0, 0),
        _ => guest::answer_cpuid()?,
    }
    Ok(Next::AdvanceAndRun)
}

/// The control leaf: only the operating system's kernel may use it.
#[cold]
#[inline(never)]
fn control() -> Result<Next, Status> {
    let allowed = guest::privilege()? == 0;
    let mut answer = abi::CPUID_CONTROL_DONE;
    let mut next = Next::AdvanceAndRun;
    match guest::rcx() as u32 {
        abi::CPUID_CONTROL_STOP if allowed => next = Next::Stop,
        abi::CPUID_CONTROL_REPORT_ON if allowed => log!("in a VM now"),
        abi::CPUID_CONTROL_REPORT_OFF if allowed => {}
        _ => answer = abi::CPUID_CONTROL_REFUSED,
    }
    guest::answer(answer, 0, 0, 0);
    Ok(next)
}
