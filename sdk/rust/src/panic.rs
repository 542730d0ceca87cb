// SPDX-License-Identifier: MIT
//! A panic is a failed assertion: it is printed, and the fail callback is told

use core::arch::asm;
use core::panic::PanicInfo;

use crate::{abi, log};

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    log!("{info}");
    unsafe { asm!("int3") };
    abi::control_exit()
}
