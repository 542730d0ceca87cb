// SPDX-License-Identifier: MIT
//! The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#![no_std]

use bareflank::{abi, callbacks, guest, log, Next, PerProcessor, Pp, Status, Vs};

callbacks!(bootstrap, vmexit);

/// CPUIDs.
static ANSWERED: PerProcessor<u64> = PerProcessor::new(0);

/// Called on each processor when it starts: the operating system becomes its root VS.
fn bootstrap(pp: Pp) -> Result<Next, Status> {
    Vs::create_root(pp)?.intercept(abi::AMD_EXIT_CPUID)?.intercept(abi::AMD_EXIT_VMRUN)?;
    Ok(Next::Run)
}

/// Called for each VM exit.
fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    match reason {
        abi::AMD_EXIT_CPUID => cpuid(guest::rax() as u32),
        abi::AMD_EXIT_VMRUN => vs.inject_undefined_opcode().map(|()| Next::Run),
        _ => Ok(Next::Fail),
    }
}

/// CPUID: the processor answers, but for the hypervisor's own leaves.
fn cpuid(leaf: u32) -> Result<Next, Status> {
    ANSWERED.set(ANSWERED.get() + 1);
    match leaf {
        abi::CPUID_CONTROL => return control(guest::rcx() as u32),
        abi::CPUID_HYPERVISOR_BASE => guest::answer_signature(),
        abi::CPUID_HYPERVISOR_MAX => guest::answer(abi::CPUID_INTERFACE_EAX, 0, 0, 0),
        abi::CPUID_HYPERVISOR_BASE..=abi::CPUID_HYPERVISOR_LAST => guest::answer(0, 0, 0, 0),
        _ => guest::answer_cpuid()?,
    }
    Ok(Next::AdvanceAndRun)
}

/// The control leaf: only the operating system's kernel may use it.
fn control(command: u32) -> Result<Next, Status> {
    let allowed = guest::privilege()? == 0;
    let mut answer = abi::CPUID_CONTROL_DONE;
    let mut next = Next::AdvanceAndRun;
    match command {
        abi::CPUID_CONTROL_STOP if allowed => next = Next::Stop,
        abi::CPUID_CONTROL_REPORT_ON if allowed => log!("in a VM now"),
        abi::CPUID_CONTROL_REPORT_OFF if allowed => log!("leaving the VM, CPUIDs answered: {}", ANSWERED.get()),
        _ => answer = abi::CPUID_CONTROL_REFUSED,
    }
    guest::answer(answer, 0, 0, 0);
    Ok(next)
}
