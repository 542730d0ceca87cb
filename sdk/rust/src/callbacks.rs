// SPDX-License-Identifier: MIT
//! How the start file finds an extension's callbacks, and what they answer

use crate::abi::{self, Status};

/// What happens after a callback: its result. The start file makes the system call, when the callback has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Next {
    /// Skip the instruction that the VM exited for, and run it on.
    AdvanceAndRun = abi::NEXT_ADVANCE_AND_RUN,
    /// Run the VM on where it is: the instruction is executed again.
    Run = abi::NEXT_RUN,
    /// Skip the instruction, and give this processor back to the operating system for good.
    Stop = abi::NEXT_STOP,
    /// Give up: the processor is lost to this extension, and the debug ring says so.
    Fail = abi::NEXT_FAIL,
    /// Only in `fail`: go on where the callback failed. A fault's instruction is executed once more.
    Again = abi::NEXT_AGAIN,
    /// Only in `bootstrap` of a service: done, messages may come.
    Wait = abi::NEXT_WAIT,
    /// Only in `vmexit`, of the extension that owns the root VM: the microkernel keeps the processor until it is kicked.
    AwaitKick = abi::NEXT_AWAIT_KICK,
}

/// What a callback may return: `Next`, or a `Result` of it, so that `?` works on system calls.
pub trait Answer {
    fn next(self) -> Next;
}

impl Answer for Next {
    #[inline(always)]
    fn next(self) -> Next {
        self
    }
}

impl Answer for Result<Next, Status> {
    #[inline(always)]
    fn next(self) -> Next {
        self.unwrap_or_else(give_up)
    }
}

#[cold]
#[inline(never)]
fn give_up(status: Status) -> Next {
    crate::log!("a system call refused: {status:?}");
    Next::Fail
}

/// Names the callbacks of an extension: `bootstrap(Pp)`, `vmexit(Vs, u64)` and, if it has one, `fail(u64, u64)`. Each
/// returns `Next` or `Result<Next, Status>`.
#[macro_export]
macro_rules! callbacks {
    ($bootstrap:path, $vmexit:path $(, $fail:path)? $(,)?) => {
        const _: () = {
            #[export_name = "bootstrap"]
            extern "C" fn start(pp: u16) -> $crate::Next {
                $crate::Answer::next($bootstrap($crate::Pp(pp)))
            }

            #[export_name = "vmexit"]
            extern "C" fn exit(vs: u32, reason: u64) -> $crate::Next {
                $crate::Answer::next($vmexit($crate::Vs(vs), reason))
            }

            $(
                #[export_name = "fail"]
                extern "C" fn failed(error: u64, address: u64) -> $crate::Next {
                    $crate::Answer::next($fail(error, address))
                }
            )?
        };
    };
}

/// Names the callbacks of a service, which handles no VM exits: `bootstrap(Pp)`, which ends with `Next::Wait`, and `message(u64, &mut
/// [u64; 4])`, which is called for each message with the caller's number and its words: they become the reply.
#[macro_export]
macro_rules! service {
    ($bootstrap:path, $message:path $(,)?) => {
        const _: () = {
            #[export_name = "bootstrap"]
            extern "C" fn start(pp: u16) -> $crate::Next {
                $crate::Answer::next($bootstrap($crate::Pp(pp)))
            }

            #[export_name = "message"]
            extern "C" fn answer(caller: u64, words: &mut [u64; 4]) {
                $message(caller, words)
            }
        };
    };
}
