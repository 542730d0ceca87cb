// System calls as functions: from this list come the bindings for C and Rust

import { memoryCalls } from "./memory-calls.ts";
import { messageCalls } from "./message-calls.ts";
import { objectCalls } from "./object-calls.ts";
import { ppCalls } from "./pp-calls.ts";
import { registerCalls } from "./register-calls.ts";
import type { SystemCall } from "./schema.ts";
import { call, type Extras, named, open } from "./signature.ts";

const NEVER: Extras = { returns: "never" };
const ON_FAILURE: Extras = { returns: "on-failure" };

const UNMAPS: Extras = { unsafe: "Nothing may use the memory there any more." };

/** Every call of the interface, in the order of its numbers; `vs_read` is the call SYSCALL_VS_READ. */
export const calls: readonly SystemCall[] = [
  open("control_exit", "Ends the current callback as a failure.", {}, NEVER),
  open("control_wait", "Ends `_start`; anywhere else it is a failure.", {}, NEVER),
  open("control_again", "Ends the fail callback: what failed is tried once more.", {}, NEVER),
  {
    ...open("handle_open", "Opens the handle that most calls want.", { version: "u32" }),
    outputs: named({ handle: "u64" }),
  },
  call("handle_close", "Closes the handle: no call that wants one works until another is opened."),

  open("debug_out", "Prints two numbers in hexadecimal.", { first: "u64", second: "u64" }),
  open("debug_dump_vm", "Prints a VM.", { vm: "vm" }),
  open("debug_dump_vp", "Prints a VP.", { vp: "vp" }),
  open("debug_dump_vs", "Prints a VS with all its registers.", { vs: "vs" }),
  open("debug_dump_vmexit_log", "Prints a processor's last VM exits.", { pp: "pp" }),
  open("debug_write_c", "Prints a character.", { character: "u32" }),
  open(
    "debug_write_str",
    "Prints text: its address and its bytes.",
    { text: "u64", bytes: "u64" },
    { unsafe: "The text must be readable memory of the extension." },
  ),
  open("debug_dump_ext", "Prints an extension.", { extension: "u32" }),
  open("debug_dump_page_pool", "Prints how full the page pool is."),
  open("debug_dump_huge_pool", "Prints how full the pool of huge allocations is."),

  ...["bootstrap", "vmexit", "fail"].map((name) =>
    call(
      `callback_register_${name}`,
      `Registers the ${name} callback, by its address.`,
      { callback: "u64" },
      {},
      { unsafe: "The address must be that of such a callback, which never returns." },
    ),
  ),

  call("vm_create", "Creates a VM.", {}, { vm: "vm" }),
  call("vm_destroy", "Destroys a VM that has no VP and runs nowhere.", { vm: "vm" }),
  call(
    "vm_map_direct",
    "Maps a page of physical memory into the extension's view of a VM.",
    { vm: "vm", physical: "u64" },
    { address: "u64" },
  ),
  call("vm_unmap_direct", "Takes such a page back, on this processor.", { vm: "vm", address: "u64" }, {}, UNMAPS),
  call(
    "vm_unmap_direct_broadcast",
    "Takes such a page back, on all processors.",
    { vm: "vm", address: "u64" },
    {},
    UNMAPS,
  ),
  call("vm_tlb_flush", "Flushes the address translations of a VM's VSs on this processor.", { vm: "vm" }),

  call("vp_create", "Creates a VP of a VM.", { vm: "vm" }, { vp: "vp" }),
  call("vp_destroy", "Destroys a VP that has no VS and runs nowhere.", { vp: "vp" }),

  call("vs_create", "Creates a VS of a VP on a processor.", { vp: "vp", pp: "pp" }, { vs: "vs" }),
  call("vs_destroy", "Destroys a VS that runs nowhere.", { vs: "vs" }),
  call("vs_init_as_root", "Gives this processor's root VS the operating system's state.", { vs: "vs" }),
  call("vs_read", "Reads a register: AMD_REG_* or INTEL_REG_*.", { vs: "vs", reg: "u32" }, { value: "u64" }),
  call("vs_write", "Writes a register: AMD_REG_* or INTEL_REG_*.", { vs: "vs", reg: "u32", value: "u64" }),
  call("vs_run", "Runs a VS.", { vm: "vm", vp: "vp", vs: "vs" }, {}, ON_FAILURE),
  call("vs_run_current", "Runs the active VS.", {}, {}, ON_FAILURE),
  call(
    "vs_advance_ip_and_run",
    "Skips the instruction that a VS exited for, and runs it.",
    { vm: "vm", vp: "vp", vs: "vs" },
    {},
    ON_FAILURE,
  ),
  call(
    "vs_advance_ip_and_run_current",
    "Skips the instruction that the active VS exited for, and runs it.",
    {},
    {},
    ON_FAILURE,
  ),
  call(
    "vs_promote",
    "Gives this processor to the operating system for good, in a VS's state.",
    { vs: "vs" },
    {},
    ON_FAILURE,
  ),
  call("vs_clear", "Has the processor forget what it keeps of a VS.", { vs: "vs" }),
  call("vs_migrate", "Moves a VS that runs nowhere to another processor.", { vs: "vs", pp: "pp" }),
  call("vs_set_active", "Makes a VS the active one.", { vm: "vm", vp: "vp", vs: "vs" }),
  call(
    "vs_advance_ip_and_set_active",
    "Skips the instruction that the active VS exited for, and makes another active.",
    {
      ...{ vm: "vm", vp: "vp", vs: "vs" },
    },
  ),
  call("vs_tlb_flush", "Flushes a VS's translation of one guest virtual address.", { vs: "vs", address: "u64" }),

  call("intrinsic_rdmsr", "Reads an MSR of the processor.", { msr: "u32" }, { value: "u64" }),
  call(
    "intrinsic_wrmsr",
    "Writes an MSR of the processor.",
    { msr: "u32", value: "u64" },
    {},
    { unsafe: "An MSR can change what any code on this processor does." },
  ),

  call("mem_alloc_page", "Allocates a zeroed page.", {}, { address: "u64", physical: "u64" }),
  call("mem_free_page", "Frees such a page.", { address: "u64" }, {}, UNMAPS),
  call(
    "mem_alloc_huge",
    "Allocates zeroed, physically contiguous pages; where there are none yet, FAILURE_UNKNOWN, and the driver has been asked.",
    { bytes: "u64" },
    { address: "u64", physical: "u64" },
  ),
  call("mem_free_huge", "Frees such pages.", { address: "u64" }, {}, UNMAPS),

  ...messageCalls,
  ...objectCalls,
  ...memoryCalls,
  ...ppCalls,
  ...registerCalls,
];
