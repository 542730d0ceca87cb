// How software in the root VM talks to the hypervisor: CPUID leaves

import { table } from "./schema.ts";

export const control = table("control", "Hypervisor CPUID leaves", "u32", {
  CPUID_HYPERVISOR_BASE: [0x4000_0000, "EAX: highest leaf. EBX, ECX, EDX: CPUID_SIGNATURE_*."],
  CPUID_HYPERVISOR_LAST: [0x4000_00ff, "Last leaf that the default extension answers itself."],
  CPUID_HYPERVISOR_MAX: [0x4000_0001, "Highest leaf reported in CPUID_HYPERVISOR_BASE."],
  CPUID_SIGNATURE_EBX: [0x6572_6142, '"Bare"'],
  CPUID_SIGNATURE_ECX: [0x6e61_6c66, '"flan"'],
  CPUID_SIGNATURE_EDX: [0x0053_546b, '"kTS"'],
  CPUID_INTERFACE_EAX: [0x3123_6642, 'Leaf 0x40000001: "Bf#1".'],
  CPUID_INTERFACE_HYPERCALLS: [1, "Leaf 0x40000001, EBX: the extension takes hypercalls (VMMCALL)."],
  CPUID_INTERFACE_INIT_SIPI: [
    2,
    "The same: the extension virtualizes INIT and SIPI, so an operating system can start processors in the root VM.",
  ],
  CPUID_CONTROL: [
    0x4000_00ff,
    "The control leaf; ECX is the command, EAX the answer (0 done, 1 refused, 2 not while guests live). Ring 0 only.",
  ],
  CPUID_CONTROL_STOP: [0xbf00_0000, "Give this processor back to the operating system."],
  CPUID_CONTROL_REPORT_ON: [0xbf00_0001, "Write to the debug ring that this processor is in a VM now."],
  CPUID_CONTROL_REPORT_OFF: [0xbf00_0002, "Write to the debug ring that this processor is about to leave."],
  CPUID_CONTROL_STOP_ANYWAY: [
    0xbf00_0003,
    "As STOP, whatever guest VMs live: the operating system ends. Whoever never answers GUESTS is not asked.",
  ],
  CPUID_CONTROL_DONE: 0,
  CPUID_CONTROL_REFUSED: 1,
  CPUID_CONTROL_GUESTS: [2, "To STOP: not while guest VMs live."],
});

export const hypercalls = table("control", "Hypercalls that the SDK answers: RAX", "u64", {
  HYPERCALL_COUNTER: [
    0x4246_0000_0000_0001n,
    "RBX: index. RAX: 0, RBX: the counter's value here, RCX, RDX, RSI, RDI: its name, zero padded; RAX: 1, there is none.",
  ],
});
