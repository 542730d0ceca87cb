// Generated from abi/src by `bf build abi`. Do not edit.

// Hypervisor CPUID leaves

/** EAX: highest leaf. EBX, ECX, EDX: CPUID_SIGNATURE_*. */
export const CPUID_HYPERVISOR_BASE: u32 = 0x40000000;
/** Last leaf that the default extension answers itself. */
export const CPUID_HYPERVISOR_LAST: u32 = 0x400000ff;
/** Highest leaf reported in CPUID_HYPERVISOR_BASE. */
export const CPUID_HYPERVISOR_MAX: u32 = 0x40000001;
/** "Bare" */
export const CPUID_SIGNATURE_EBX: u32 = 0x65726142;
/** "flan" */
export const CPUID_SIGNATURE_ECX: u32 = 0x6e616c66;
/** "kTS" */
export const CPUID_SIGNATURE_EDX: u32 = 0x53546b;
/** Leaf 0x40000001: "Bf#1". */
export const CPUID_INTERFACE_EAX: u32 = 0x31236642;
/** Leaf 0x40000001, EBX: the extension takes hypercalls (VMMCALL). */
export const CPUID_INTERFACE_HYPERCALLS: u32 = 0x1;
/** The same: the extension virtualizes INIT and SIPI, so an operating system can start processors in the root VM. */
export const CPUID_INTERFACE_INIT_SIPI: u32 = 0x2;
/** The control leaf; ECX is the command, EAX the answer (0 done, 1 refused, 2 not while guests live). Ring 0 only. */
export const CPUID_CONTROL: u32 = 0x400000ff;
/** Give this processor back to the operating system. */
export const CPUID_CONTROL_STOP: u32 = 0xbf000000;
/** Write to the debug ring that this processor is in a VM now. */
export const CPUID_CONTROL_REPORT_ON: u32 = 0xbf000001;
/** Write to the debug ring that this processor is about to leave. */
export const CPUID_CONTROL_REPORT_OFF: u32 = 0xbf000002;
/** As STOP, whatever guest VMs live: the operating system ends. Whoever never answers GUESTS is not asked. */
export const CPUID_CONTROL_STOP_ANYWAY: u32 = 0xbf000003;
export const CPUID_CONTROL_DONE: u32 = 0x0;
export const CPUID_CONTROL_REFUSED: u32 = 0x1;
/** To STOP: not while guest VMs live. */
export const CPUID_CONTROL_GUESTS: u32 = 0x2;

// Hypercalls that the SDK answers: RAX

/** RBX: index. RAX: 0, RBX: the counter's value here, RCX, RDX, RSI, RDI: its name, zero padded; RAX: 1, there is none. */
export const HYPERCALL_COUNTER: u64 = 0x4246000000000001;
