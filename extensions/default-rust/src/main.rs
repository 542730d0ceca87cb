// SPDX-License-Identifier: MIT
//! The smallest useful hypervisor: the operating system runs on as a VM, and only CPUID tells

#![no_std]

use bareflank::{abi, callbacks, is_exit, log, root, settings, Next, PerProcessor, Pp, Status, Vs};

callbacks!(bootstrap, vmexit);

/// CPUIDs.
static ANSWERED: PerProcessor<u64> = PerProcessor::new(0);

/// Called on each processor when it starts: the operating system becomes its root VS, which does not see the hypervisor.
fn bootstrap(pp: Pp) -> Result<Next, Status> {
    let root = root::start(pp)?;
    if settings::get("nested") != Some("no") {
        root::hide_hypervisor(root)?;
    }
    Ok(Next::Run)
}

/// Called for each VM exit.
fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    if is_exit(reason, abi::EXIT_CPUID) {
        ANSWERED.set(ANSWERED.get() + 1);
    }
    if root::is_leaving(reason) {
        log!("leaving the VM, CPUIDs answered: {}", ANSWERED.get());
    }
    root::vmexit(vs, reason)
}
