// What KVM's errors mean: a name, the call, and what to do

import * as kvm from "@bareflank/abi/kvm";

/** Names of Linux's errors by number. */
const names = new Map<number, string>(
  Object.entries(kvm).flatMap(([name, value]) =>
    name.startsWith("ERRNO_") ? [[value, name.slice("ERRNO_".length)] as const] : [],
  ),
);

/** A call of the KVM API, or one that belongs to it. */
export type CallName =
  | Extract<keyof typeof kvm, `KVM_${string}`>
  | "open"
  | "mmap"
  | "munmap"
  | "sigaction"
  | "timer"
  | "tgkill";

/** What to do, by call and error; a call's own line first, then the one for all calls. */
const advice: Readonly<Record<string, string>> = {
  "open ENOENT": "Is KVM there? modprobe kvm_amd, or kvm_intel; or load a driver that offers the same API.",
  "open EACCES": "Be root, or in the group that owns the file (usually kvm).",
  "open ENXIO": "The driver is loaded, but switched off: look at dmesg.",
  "open EBUSY": "Somebody has the processors' virtualization for himself: another hypervisor?",
  "KVM_GET_API_VERSION ENOTTY": "The file is none of KVM's.",
  "KVM_CREATE_VM EBUSY": "Another hypervisor has the processors' virtualization.",
  "KVM_CREATE_VM ENOMEM": "There is not enough memory for another virtual machine.",
  "KVM_CREATE_VCPU EEXIST": "There is a virtual processor of that number already.",
  "KVM_CREATE_VCPU EINVAL": "Numbers begin at 0, and there are not so many: ask for KVM_CAP_MAX_VCPUS.",
  "KVM_SET_USER_MEMORY_REGION EEXIST": "Another slot has memory at one of these addresses.",
  "KVM_SET_USER_MEMORY_REGION EINVAL":
    "Address and size must be multiples of 4096, the slot below KVM_CAP_NR_MEMSLOTS; a slot's size cannot be changed.",
  "KVM_CREATE_IRQCHIP EEXIST": "The virtual machine has interrupt controllers already.",
  "KVM_CREATE_IRQCHIP EINVAL": "Interrupt controllers come before virtual processors.",
  "KVM_INTERRUPT ENXIO": "The virtual machine's interrupt controllers are in the kernel: raise a line instead.",
  "KVM_INTERRUPT EEXIST": "An interrupt waits for its delivery already: run the virtual processor first.",
  "KVM_SET_CPUID2 E2BIG": "There are too many leaves.",
  "KVM_SET_CPUID2 EINVAL": "After the first KVM_RUN its leaves cannot be changed.",
  "KVM_SET_XCRS EINVAL": "XCR0 has bit 0 always, and others as far as leaf 0dh of the CPUID that was set allows.",
  "KVM_SET_SREGS EINVAL": "No processor has these registers: look at CR0, CR4, EFER and CS together.",
  "KVM_RUN EBUSY": "Another thread runs this virtual processor.",
  "KVM_RUN EFAULT": "The guest reached memory that the process does not have any more.",
  EBADF: "It has been closed.",
  ENOTTY: "This KVM does not know the call: ask for the capability first.",
  ENOMEM: "There is not enough memory.",
};

/** A call of the KVM API that failed. */
export class KvmError extends Error {
  override readonly name = "KvmError";
  /** The error's name, e.g. `EEXIST`. */
  readonly code: string;
  readonly errno: number;
  /** The call, e.g. `KVM_CREATE_VCPU`. */
  readonly call: CallName;
  /** What to do; empty when nothing is known. */
  readonly hint: string;

  constructor(call: CallName, errno: number, what = "") {
    const code = names.get(errno) ?? `error ${errno}`;
    const hint = advice[`${call} ${code}`] ?? advice[code] ?? "";
    super(`${what === "" ? call : `${call} (${what})`} failed: ${code}.${hint === "" ? "" : ` ${hint}`}`);
    this.code = code;
    this.errno = errno;
    this.call = call;
    this.hint = hint;
  }
}

/** Something that cannot work, found before KVM was asked. */
export class VmmError extends Error {
  override readonly name = "VmmError";
}

/** A system call's result when it is not negative. */
export const check = (call: CallName, result: number, what = ""): number => {
  if (result < 0) throw new KvmError(call, -result, what);
  return result;
};
