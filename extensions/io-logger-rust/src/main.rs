// SPDX-License-Identifier: MIT
//! Logs what the operating system does on some I/O ports: the clock's (0x70, 0x71), and where firmware reports (0x80)

#![no_std]

use bareflank::{
    abi, callbacks, handle_exit, log, on_io, publish_counter, root, IoExit, Map, Next, PerProcessor, Pp, Status, Vs,
};

callbacks!(bootstrap, vmexit);

/// The first accesses are logged one by one, so that the debug ring keeps room for others.
const LOGGED: u64 = 64;

static ACCESSES: PerProcessor<u64> = PerProcessor::new(0);

/// Called on each processor when it starts: the operating system becomes its root VS.
fn bootstrap(pp: Pp) -> Result<Next, Status> {
    let ports = Map::create(abi::MAP_IO)?;
    ports.trap(0x70, 0x71, abi::MAP_READS)?;
    ports.trap(0x80, 0x80, abi::MAP_READS)?;
    ports.attach(root::start(pp)?)?;
    on_io(report);
    publish_counter("port accesses", || ACCESSES.get());
    Ok(Next::Run)
}

/// Does what the operating system wants, and says what it was.
fn report(exit: IoExit) -> bool {
    let rip = exit.rip();
    exit.pass_through();
    ACCESSES.set(ACCESSES.get() + 1);
    if ACCESSES.get() > LOGGED {
        return true;
    }
    let direction = if exit.is_input() { "IN" } else { "OUT" };
    if exit.is_string() {
        log!("{direction} {:#x}, {} bytes, a string at RIP {rip:#x}", exit.port(), exit.bytes());
    } else {
        log!("{direction} {:#x}, {} bytes: {:#x} at RIP {rip:#x}", exit.port(), exit.bytes(), exit.value());
    }
    true
}

fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
    if root::is_leaving(reason) {
        log!("port accesses: {}", ACCESSES.get());
    }
    Ok(handle_exit(vs, reason))
}
