// A sentence for every error that driver, loader and kernel can report: what happened, and what to do

import * as abi from "../generated/node/index.ts";

/** Where an operation is, or ended. */
export interface Place {
  /** A processor, or NO_CPU. */
  readonly cpu: number;
  /** PHASE_* that it has reached. */
  readonly phase: number;
}

/** What the driver says about an operation; stands at the head of every argument block. */
export interface Report extends Place {
  readonly error: number;
  /** 0: the kernel image; n: extension n. */
  readonly file: number;
  readonly detail: bigint;
  /** What bfm called `file`, where it knows. */
  readonly fileName?: string;
  /** What bfm calls the operation, where it knows. */
  readonly operation?: string;
}

/** Report.cpu when no single processor is meant. */
export const NO_CPU = 0xffff_ffff;

/** `what` reads on after "bfm: "; `advice` is the next thing to type or to look at. */
export interface Text {
  readonly what: string | ((report: Report) => string);
  readonly advice: string;
}

/** The texts of one family of constants by value. They are made when the first is needed, which is seldom. */
export type Texts<T> = () => Readonly<Record<number, T>>;

const svmAdvice = "This release needs an AMD processor with SVM, switched on in the firmware's set-up.";
const vmxAdvice =
  "This release needs an Intel processor with EPT and unrestricted guest (most since 2010); nothing was changed. " +
  "Building and testing work here all the same: bf lab run --machine intel emulates such a processor.";
const inVirtualMachine = "In a virtual machine, give it a processor model with nested virtualization.";
const rebuildAdvice = "Build it again, with the linker script of this release: bf build.";
const seeRing = "See what the hypervisor wrote: bfm dump.";
const reboot = "Save your work and reboot: nothing else gives the processor back.";

/** ERROR_*, without ERROR_NONE. */
export const errorTexts: Texts<Text> = () => ({
  [abi.ERROR_NOT_LOADED]: {
    what: "nothing is loaded",
    advice: "Load a kernel first: bfm load (or do both: bfm quick).",
  },
  [abi.ERROR_NOT_RUNNING]: { what: "the hypervisor is not running", advice: "Start it first: bfm start." },
  [abi.ERROR_CORRUPT]: {
    what: "a processor was lost or could not be given back, so the driver does nothing more",
    advice: reboot,
  },
  [abi.ERROR_NO_MEMORY]: {
    what: ({ detail }) => `the driver could not get ${bytes(detail)} of memory${detail === 0n ? "" : " in one piece"}`,
    advice: "Free some memory, or drop caches (echo 3 > /proc/sys/vm/drop_caches), and try again.",
  },
  [abi.ERROR_MEMORY_LIMIT]: {
    what: ({ detail }) => `the start takes ${bytes(detail)} of memory, more than the hypervisor may have`,
    advice: "Allow it more: bfm start --memory MIN..MAX.",
  },
  [abi.ERROR_GROWTH_LIMIT]: {
    what: ({ detail }) => `the hypervisor may not grow by ${bytes(detail)} more`,
    advice: "See its bounds: bfm memory. Start it with larger ones: bfm start --memory MIN..MAX.",
  },
  [abi.ERROR_CHUNK_REFUSED]: {
    what: ({ detail }) => `the microkernel refuses the memory: ${giveTexts()[Number(detail)] ?? detail}`,
    advice: "Nothing has changed. What it has: bfm memory.",
  },
  [abi.ERROR_ELF]: {
    what: (report) =>
      `the driver refuses ${fileName(report)}: ${elfTexts()[Number(report.detail)]?.what ?? report.detail}`,
    advice: rebuildAdvice,
  },
  [abi.ERROR_KERNEL_VERSION]: {
    what: ({ detail }) =>
      `the kernel image is of another release: it speaks version ${detail} to its loader, the driver version ${abi.BOOT_VERSION}`,
    advice: "Install kernel, driver and bfm of the same release.",
  },
  [abi.ERROR_TOO_MANY_CPUS]: {
    what: ({ detail }) => `this machine has ${detail} processors, more than this release can hold`,
    advice: "Take some offline (echo 0 > /sys/devices/system/cpu/cpuN/online), or boot with maxcpus=.",
  },
  [abi.ERROR_VENDOR]: {
    what: ({ cpu }) => `${processor(cpu)} is neither AMD's nor Intel's`,
    advice: "This release needs AMD-V (SVM) or Intel VT-x (VMX).",
  },
  [abi.ERROR_NO_SVM]: {
    what: ({ cpu }) => `${processor(cpu)} has no SVM (AMD-V)`,
    advice: `${svmAdvice} In a virtual machine, switch nested virtualization on.`,
  },
  [abi.ERROR_SVM_LOCKED]: {
    what: ({ cpu }) => `the firmware has switched SVM off on ${processor(cpu)}, and locked it`,
    advice: "Switch SVM (AMD-V, 'SVM Mode') on in the firmware's set-up, and boot again.",
  },
  [abi.ERROR_SVM_IN_USE]: {
    what: ({ cpu }) => `another hypervisor already uses SVM on ${processor(cpu)}`,
    advice: "Stop its virtual machines and remove it, for KVM: modprobe -r kvm_amd.",
  },
  [abi.ERROR_NO_VMX]: {
    what: ({ cpu }) => `${processor(cpu)} has no VMX (Intel VT-x)`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_VMX_LOCKED]: {
    what: ({ cpu }) => `the firmware has switched VMX off on ${processor(cpu)}, and locked it`,
    advice: "Switch VT-x ('Intel Virtualization Technology') on in the firmware's set-up, and boot again.",
  },
  [abi.ERROR_VMX_IN_USE]: {
    what: ({ cpu }) => `another hypervisor already uses VMX on ${processor(cpu)}`,
    advice: "Stop its virtual machines and remove it, for KVM: modprobe -r kvm_intel.",
  },
  [abi.ERROR_NO_SECONDARY_CONTROLS]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but no secondary controls: neither EPT nor unrestricted guest`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_EPT]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but no extended page tables (EPT)`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_EPT_FLUSH]: {
    what: ({ cpu, detail }) =>
      `${processor(cpu)} has EPT, but without four levels, write-back tables or INVEPT (bits ${hex(detail)})`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_NO_UNRESTRICTED_GUEST]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX and EPT, but no unrestricted guest`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_VPID]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX and EPT, but no virtual processor identifiers (VPID with INVVPID)`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_VIRTUAL_NMIS]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but no virtual NMIs: NMIs could be lost`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_NO_BITMAPS]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but no bitmaps for MSRs and ports`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_NO_TRUE_CONTROLS]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but leaves the VM whenever it changes CR3`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_HOST_64]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but not for a 64-bit hypervisor`,
    advice: vmxAdvice,
  },
  [abi.ERROR_NO_EFER_SWITCH]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but does not switch EFER between VM and hypervisor`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_NO_PAT_SWITCH]: {
    what: ({ cpu }) => `${processor(cpu)} has VMX, but does not switch PAT between VM and hypervisor`,
    advice: `${vmxAdvice} ${inVirtualMachine}`,
  },
  [abi.ERROR_VMX_MEMORY_TYPE]: {
    what: ({ cpu, detail }) => `${processor(cpu)} wants VMX structures in memory of type ${detail}, not write-back (6)`,
    advice: vmxAdvice,
  },
  [abi.ERROR_VMX_CR0]: {
    what: ({ cpu, detail }) => `on ${processor(cpu)}, VMX does not allow CR0 as Linux has it (bits ${hex(detail)})`,
    advice: "Please report this, with the processor's name (/proc/cpuinfo) and Linux's version (uname -r).",
  },
  [abi.ERROR_VMX_CR4]: {
    what: ({ cpu, detail }) => `on ${processor(cpu)}, VMX does not allow CR4 as Linux has it (bits ${hex(detail)})`,
    advice: "Please report this, with the processor's name (/proc/cpuinfo) and Linux's version (uname -r).",
  },
  [abi.ERROR_NO_NX]: {
    what: ({ cpu }) => `${processor(cpu)} has no no-execute pages (NX)`,
    advice: "Switch NX on in the firmware's set-up, and boot again.",
  },
  [abi.ERROR_MEMORY_ENCRYPTION]: {
    what: "Linux encrypts its memory (SME), which this release cannot share",
    advice: "Boot Linux with mem_encrypt=off.",
  },
  [abi.ERROR_LA57]: {
    what: "Linux uses 5-level paging, which this release does not support",
    advice: "Boot Linux with no5lvl on its command line.",
  },
  [abi.ERROR_START_FAILED]: {
    what: ({ cpu, phase, detail }) => {
      const status = Number(detail >> 32n);
      const rest = detail & 0xffff_ffffn;
      const text = bootTexts()[status]?.what ?? `the kernel ended with status ${status}`;
      const sentence = typeof text === "string" ? text : text({ ...noReport, cpu, phase, detail: rest });
      return `${processor(cpu)} did not start, ${phaseText(phase)}: ${sentence}`;
    },
    advice: `All processors were given back to Linux. ${seeRing}`,
  },
  [abi.ERROR_TIMEOUT]: {
    what: ({ cpu, phase, operation }) =>
      `${operation === undefined ? "" : `${operation} was interrupted: `}${processor(cpu)} did not return, ${phaseText(phase)}`,
    advice: `That processor is lost until you reboot; the others are Linux's again. ${seeRing}`,
  },
  [abi.ERROR_NO_ANSWER]: {
    what: ({ cpu }) =>
      `${processor(cpu)} runs as a virtual machine, but the extension does not answer its control leaf`,
    advice: "The extension must answer CPUID leaf 0x400000FF, as extensions/default does.",
  },
  [abi.ERROR_STOP_REFUSED]: {
    what: ({ cpu }) => `the extension does not give ${processor(cpu)} back; it works on as before`,
    advice: "The extension must stop on CPUID leaf 0x400000FF, ECX 0xBF000000, as extensions/default does.",
  },
  [abi.ERROR_STOP_GUESTS]: {
    what: "guest VMs live, and would end with the hypervisor; everything works on as before",
    advice:
      "End the programs that run them first (fuser -v /dev/kvm /dev/bareflank-kvm lists them), and type the command again.",
  },
  [abi.ERROR_INTERRUPTED]: { what: "interrupted before anything was done", advice: "Type the command again." },
  [abi.ERROR_INVALID_ARGUMENT]: {
    what: "the driver refuses the request: a size, count or address in it is impossible",
    advice: "Install bfm and driver of the same release. If they are, please report this.",
  },
  [abi.ERROR_NO_LONG_MODE]: {
    what: ({ cpu }) => `${processor(cpu)} is not in 64-bit mode`,
    advice: "Boot a 64-bit (amd64) Linux.",
  },
  [abi.ERROR_NO_HYPERCALLS]: {
    what: "the extension takes no hypercalls",
    advice: "Load one that does: its author sets bit 0 of EBX in CPUID leaf 0x40000001.",
  },
  [abi.ERROR_UNKNOWN_HYPERCALL]: {
    what: "the extension does not know this hypercall",
    advice: "Ask its author which values RAX may have.",
  },
  [abi.ERROR_NO_SUCH_CPU]: {
    what: ({ cpu }) => `${processor(cpu)} does not run under the hypervisor`,
    advice: "See which ones do: bfm status --json.",
  },
  [abi.ERROR_NOBODY_WATCHES]: {
    what: "there is one processor, and it has no performance counter, so nobody could watch it",
    advice: "Start without --watchdog, or on a machine with another processor.",
  },
  [abi.ERROR_NO_CLOCK]: {
    what: "Linux does not know how fast the time stamp counter runs, by which a watchdog measures",
    advice: "Start without --watchdog, or boot Linux without notsc.",
  },
  [abi.ERROR_STARTED_BEFORE]: {
    what: "a hypervisor runs that UEFI has started, and it stays until it is stopped",
    advice: "Stop it first: bfm stop. Then load and start as ever.",
  },
  [abi.ERROR_FOREIGN_HYPERVISOR]: {
    what: ({ detail }) =>
      `Linux runs in a hypervisor of another release: that speaks version ${detail} to its loader, the driver version ${abi.BOOT_VERSION}`,
    advice: "Install the driver and bfm of the release that UEFI starts, or that release's files: bfm efi install.",
  },
  [abi.ERROR_CPU_OFFLINE]: {
    what: ({ detail }) =>
      `the hypervisor has a processor (its number ${detail}) that is offline in Linux, where nobody can take it out`,
    advice: "Bring all online, and type the command again: echo 1 > /sys/devices/system/cpu/cpuN/online.",
  },
  [abi.ERROR_ADOPTION_REFUSED]: {
    what: ({ cpu, detail }) =>
      `the microkernel does not let ${processor(cpu)} come back to this driver (answer ${detail}); it works on as before`,
    advice: `Please report this. ${seeRing}`,
  },
  [abi.ERROR_STOP_MISMATCH]: {
    what: ({ cpu, detail }) => `${processor(cpu)} stopped, but register ${hex(detail)} is not what Linux had in it`,
    advice: `Linux has its processors back; please report this. ${seeRing}`,
  },
});

/** ELF_*, without ELF_OK. They read on after the file's name and a colon. */
export const elfTexts: Texts<{ readonly what: string; readonly advice: string }> = () => ({
  [abi.ELF_TOO_SMALL]: { what: "it is shorter than an ELF header", advice: rebuildAdvice },
  [abi.ELF_TOO_LARGE]: {
    what: "it is larger than 8 MiB",
    advice: "Strip it (llvm-strip), and load the stripped file.",
  },
  [abi.ELF_MAGIC]: { what: "it is no ELF file", advice: "Name the .elf file that bf build made." },
  [abi.ELF_CLASS]: { what: "it is not a 64-bit ELF file", advice: "Build it for x86-64." },
  [abi.ELF_ENDIANNESS]: { what: "it is not little endian", advice: "Build it for x86-64." },
  [abi.ELF_ABI]: {
    what: "it is not for the System V ABI",
    advice: "Build it freestanding, for x86_64-unknown-none-elf.",
  },
  [abi.ELF_TYPE]: {
    what: "it is not an executable at fixed addresses",
    advice: "Link it statically, without -pie and -shared.",
  },
  [abi.ELF_MACHINE]: { what: "it is for another machine than x86-64", advice: "Build it for x86-64." },
  [abi.ELF_PROGRAM_HEADERS]: { what: "its program headers are missing or damaged", advice: rebuildAdvice },
  [abi.ELF_TRUNCATED]: { what: "it is truncated: a segment ends behind the end of the file", advice: "Copy it again." },
  [abi.ELF_SEGMENT_SIZE]: { what: "a segment's sizes contradict each other", advice: rebuildAdvice },
  [abi.ELF_SEGMENT_ALIGNMENT]: {
    what: "a segment is not aligned to 4 KiB",
    advice: "Link it with -z max-page-size=4096, each segment on pages of its own.",
  },
  [abi.ELF_SEGMENT_WX]: {
    what: "a segment is writable and executable",
    advice: "Link code and data into different segments (ld.lld -z separate-code, no -N).",
  },
  [abi.ELF_SEGMENT_WINDOW]: {
    what: "a segment lies outside the addresses that are kept for it",
    advice: "Link it at the address of this release's linker script.",
  },
  [abi.ELF_SEGMENT_OVERLAP]: { what: "two segments overlap", advice: rebuildAdvice },
  [abi.ELF_NO_SEGMENTS]: {
    what: "it has nothing to load",
    advice: "Link it into an executable, not into an object file.",
  },
  [abi.ELF_ENTRY]: { what: "its entry point is in no executable segment", advice: "Link it with -e _start." },
  [abi.ELF_STACK_EXECUTABLE]: { what: "it asks for an executable stack", advice: "Link it with -z noexecstack." },
  [abi.ELF_TLS]: {
    what: "its thread-local storage is executable or larger than a page",
    advice: "Move what is large out of thread-local variables.",
  },
  [abi.ELF_NOTE]: { what: "a note in it is damaged or of an unknown version", advice: rebuildAdvice },
  [abi.ELF_NO_KERNEL_NOTE]: {
    what: "it is no Bareflank kernel",
    advice: "--kernel takes the kernel; extensions are named without an option.",
  },
});

/** BOOT_*, without BOOT_OK. */
export const bootTexts: Texts<Text> = () => ({
  [abi.BOOT_BAD_ARGS]: {
    what: "the loader's arguments are not of the kernel's version",
    advice: "Install kernel and driver of the same release.",
  },
  [abi.BOOT_NO_MEMORY]: { what: "a pool of the kernel is empty", advice: seeRing },
  [abi.BOOT_EXT_ELF]: {
    what: ({ detail }) => `the kernel refuses an extension's file: ${elfTexts()[Number(detail)]?.what ?? detail}`,
    advice: rebuildAdvice,
  },
  [abi.BOOT_EXT_NO_BOOTSTRAP]: {
    what: "the extension registered no bootstrap callback",
    advice: "Call bf_callback_op_register_bootstrap in _start.",
  },
  [abi.BOOT_EXT_NO_VMEXIT]: {
    what: "the extension registered no vmexit callback",
    advice: "Call bf_callback_op_register_vmexit in _start.",
  },
  [abi.BOOT_EXT_NO_FAIL]: {
    what: "the extension registered no fail callback",
    advice: "Call bf_callback_op_register_fail in _start.",
  },
  [abi.BOOT_EXT_FAULT]: { what: ({ detail }) => `the extension faulted (${vector(detail)})`, advice: seeRing },
  [abi.BOOT_EXT_RETURNED]: {
    what: "a callback of the extension returned",
    advice: "End callbacks with a system call: run, or wait after _start.",
  },
  [abi.BOOT_EXT_EXIT]: { what: "the extension asked to exit", advice: seeRing },
  [abi.BOOT_EXT_WAIT]: {
    what: "the extension called wait where it had to run a VS",
    advice: "Only _start ends with wait; bootstrap, vmexit and fail end by running a VS.",
  },
  [abi.BOOT_KERNEL_FAULT]: { what: ({ detail }) => `the microkernel faulted (${vector(detail)})`, advice: seeRing },
  [abi.BOOT_INVALID_VM]: { what: "the processor refused the state of the root VS", advice: seeRing },
  [abi.BOOT_EXT_OVERDUE]: {
    what: "the extension did not return in time, and the watchdog took the processor back",
    advice: seeRing,
  },
  [abi.BOOT_NO_VMX_OPERATION]: { what: "the processor refused to enter VMX operation (VMXON)", advice: seeRing },
});

/** PHASE_*, as they follow "processor 1 ...". */
export const phaseTexts: Texts<string> = () => ({
  [abi.PHASE_NONE]: "before the kernel began",
  [abi.PHASE_KERNEL]: "in the microkernel's own start",
  [abi.PHASE_START]: "in the extension's _start",
  [abi.PHASE_BOOTSTRAP]: "in the extension's bootstrap callback",
  [abi.PHASE_RUNNING]: "while Linux ran as a virtual machine",
  [abi.PHASE_STOPPED]: "after Linux had got it back",
  [abi.PHASE_HALTED]: "halted by the microkernel",
});

/** Names of the driver's states, as `bfm status` shows them. */
export const stateNames: Readonly<Record<number, string>> = {
  [abi.STATE_UNLOADED]: "unloaded",
  [abi.STATE_LOADED]: "loaded",
  [abi.STATE_RUNNING]: "running",
  [abi.STATE_CORRUPT]: "corrupt",
};

/** Who has started what runs. */
export const starterNames: Readonly<Record<number, string>> = {
  [abi.STARTED_BY_DRIVER]: "driver",
  [abi.STARTED_BY_UEFI]: "uefi",
};

/** Names of processor vendors; none before the first start. */
export const vendorNames: Readonly<Record<number, string>> = {
  [abi.VENDOR_AMD]: "AMD",
  [abi.VENDOR_INTEL]: "Intel",
};

/** What happened, as a clause. */
export function whatHappened(report: Report): string {
  const what = errorTexts()[report.error]?.what ?? `the driver reports error ${report.error}`;
  return typeof what === "string" ? what : what(report);
}

const noReport: Report = { error: 0, cpu: NO_CPU, phase: 0, file: 0, detail: 0n };

/** "processor 1", or "a processor" where none is named. */
export function processor(cpu: number): string {
  return cpu === NO_CPU ? "a processor" : `processor ${cpu}`;
}

/** How far a processor had come. */
export function phaseText(phase: number): string {
  return phaseTexts()[phase] ?? `in phase ${phase}`;
}

/** "4.5 MiB": a number of bytes for people. */
export function bytes(count: bigint | number): string {
  const number = Number(count);
  if (number < 1024) return `${number} bytes`;
  const [unit, size] = number < 1024 ** 2 ? ["KiB", 1024] : ["MiB", 1024 ** 2];
  return `${Number((number / size).toFixed(1))} ${unit}`;
}

/** Why the microkernel refuses a chunk: GIVE_*. */
export const giveTexts = (): Readonly<Record<number, string>> => ({
  [abi.GIVE_SIZE]: "a chunk is a power of two, from 64 KiB to 4 MiB, at a multiple of its size",
  [abi.GIVE_NOT_RAM]: "it is a device's, or there is none",
  [abi.GIVE_OWNED]: "some of it is the hypervisor's already",
  [abi.GIVE_NO_ROOM]: "it has as many chunks as there can be",
  [abi.GIVE_NO_TABLES]: "no page is left for its page tables",
});

function fileName({ file, fileName: name }: Report): string {
  if (name !== undefined) return name;
  return file === 0 ? "the kernel image" : `extension ${file}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Exceptions of the processor. (AMD APM 2, 8.2) */
const vectorNames: Texts<string> = () => ({
  0: "divide error",
  1: "debug",
  2: "NMI",
  3: "breakpoint",
  4: "overflow",
  5: "bound range",
  6: "invalid opcode",
  7: "no FPU",
  8: "double fault",
  10: "invalid TSS",
  11: "segment not present",
  12: "stack",
  13: "general protection",
  14: "page fault",
  16: "x87",
  17: "alignment check",
  18: "machine check",
  19: "SIMD",
});

function vector(detail: bigint): string {
  const number = Number(detail & 0xffn);
  const name = vectorNames()[number];
  return name === undefined ? `vector ${number}` : `${name}, vector ${number}`;
}
