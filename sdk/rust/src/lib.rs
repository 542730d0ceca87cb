// SPDX-License-Identifier: MIT
//! What an extension in Rust uses: `no_std`, without any other crate.
//!
//! ```ignore
//! #![no_std]
//!
//! use bareflank::{callbacks, root, Next, Pp, Status, Vs};
//!
//! callbacks!(bootstrap, vmexit);
//!
//! fn bootstrap(pp: Pp) -> Result<Next, Status> {
//!     root::start(pp)?;
//!     Ok(Next::Run)
//! }
//!
//! fn vmexit(vs: Vs, reason: u64) -> Result<Next, Status> {
//!     root::vmexit(vs, reason)
//! }
//! ```

#![no_std]

#[path = "../../../abi/generated/rust/bareflank.rs"]
pub mod abi;
mod callbacks;
pub mod guest;
pub mod heap;
mod log;
mod map;
pub mod message;
mod nested;
mod panic;
mod per_processor;
pub mod root;
#[path = "../../../abi/generated/rust/sdk.rs"]
mod sdk;
pub mod settings;
mod vendor;
mod vm;

pub use abi::{Map, Nested, Pp, Status, Vm, Vp, Vs};
pub use callbacks::{Answer, Next};
pub use log::Line;
pub use per_processor::PerProcessor;
pub use sdk::{
    handle_exit, hide_virtualization, init_sipi, on_control_read, on_control_write, on_cpuid, on_exception, on_hlt,
    on_hypercall, on_interrupt_window, on_io, on_kick, on_message, on_msr_read, on_msr_write, on_nested_page_fault, on_other,
    post, post_to_others, publish_counter,
};
pub use sdk::{
    ControlRegisterExit, CpuidExit, ExceptionExit, Exit, HypercallExit, Instruction, IoExit, MsrExit, NestedPageFaultExit,
};
pub use sdk::{ACCESS_EXECUTE, ACCESS_READ, ACCESS_USER, ACCESS_WRITE, NO_REGISTER, NOT_MAPPED};
pub use vendor::{is_exit, is_intel, native};
pub use vm::Page;
