// The KVM API: a virtual processor's state, as Linux lays it out (Documentation/virt/kvm/api.rst)

import { structure, table } from "./schema.ts";

export const kvmRegs = structure("kvm", "KvmRegs", "Argument of KVM_GET_REGS, KVM_SET_REGS", {
  rax: "u64",
  rbx: "u64",
  rcx: "u64",
  rdx: "u64",
  rsi: "u64",
  rdi: "u64",
  rsp: "u64",
  rbp: "u64",
  r8: "u64",
  r9: "u64",
  r10: "u64",
  r11: "u64",
  r12: "u64",
  r13: "u64",
  r14: "u64",
  r15: "u64",
  rip: "u64",
  rflags: "u64",
});

export const kvmSegment = structure("kvm", "KvmSegment", "A segment register, as KvmSregs has it", {
  base: "u64",
  limit: ["u32", "In bytes, whatever the granularity is."],
  selector: "u16",
  segmentType: ["u8", "Type of the descriptor, 4 bits."],
  present: "u8",
  dpl: "u8",
  db: "u8",
  s: "u8",
  l: "u8",
  g: "u8",
  avl: "u8",
  unusable: "u8",
  padding: "u8",
});

export const kvmDtable = structure("kvm", "KvmDtable", "GDTR or IDTR, as KvmSregs has it", {
  base: "u64",
  limit: "u16",
  padding: "u16[3]",
});

const segments = {
  cs: ["u64[3]", "KvmSegment, as all eight."],
  ds: "u64[3]",
  es: "u64[3]",
  fs: "u64[3]",
  gs: "u64[3]",
  ss: "u64[3]",
  tr: "u64[3]",
  ldt: "u64[3]",
  gdt: ["u64[2]", "KvmDtable."],
  idt: ["u64[2]", "KvmDtable."],
  cr0: "u64",
  cr2: "u64",
  cr3: "u64",
  cr4: "u64",
  cr8: "u64",
  efer: "u64",
  apicBase: "u64",
} as const;

export const kvmSregs = structure("kvm", "KvmSregs", "Argument of KVM_GET_SREGS, KVM_SET_SREGS", {
  ...segments,
  interruptBitmap: ["u64[4]", "At most one bit: the interrupt that is being delivered."],
});

export const kvmSregs2 = structure("kvm", "KvmSregs2", "Argument of KVM_GET_SREGS2, KVM_SET_SREGS2", {
  ...segments,
  flags: ["u64", "KVM_SREGS2_FLAGS_*."],
  pdptrs: "u64[4]",
});

export const kvmSregs2Flags = table("kvm", "KvmSregs2.flags", "u32", { KVM_SREGS2_FLAGS_PDPTRS_VALID: 1 });

export const kvmFpu = structure("kvm", "KvmFpu", "Argument of KVM_GET_FPU, KVM_SET_FPU", {
  fpr: ["u8[128]", "Eight registers, 16 bytes each."],
  fcw: "u16",
  fsw: "u16",
  ftwx: ["u8", "Tags in FXSAVE's short form."],
  padding1: "u8",
  lastOpcode: "u16",
  lastIp: "u64",
  lastDp: "u64",
  xmm: ["u8[256]", "Sixteen registers, 16 bytes each."],
  mxcsr: "u32",
  padding2: "u32",
});

export const kvmXsave = structure("kvm", "KvmXsave", "Argument of KVM_GET_XSAVE, KVM_SET_XSAVE", {
  region: ["u32[1024]", "The XSAVE area, not compacted."],
});

export const kvmXcrs = structure("kvm", "KvmXcrs", "Argument of KVM_GET_XCRS, KVM_SET_XCRS", {
  nrXcrs: ["u32", "How many of the sixteen are there."],
  flags: "u32",
  xcrs: ["u64[32]", "KvmXcr of each."],
  padding: "u64[16]",
});

export const kvmXcr = structure("kvm", "KvmXcr", "An extended control register in KvmXcrs", {
  xcr: ["u32", "Its number."],
  reserved: "u32",
  value: "u64",
});

export const kvmMsrs = structure("kvm", "KvmMsrs", "Argument of KVM_GET_MSRS, KVM_SET_MSRS; KvmMsrEntry follow", {
  nmsrs: "u32",
  padding: "u32",
});

export const kvmMsrEntry = structure("kvm", "KvmMsrEntry", "An MSR behind KvmMsrs", {
  index: "u32",
  reserved: "u32",
  data: "u64",
});

export const kvmMsrList = structure(
  "kvm",
  "KvmMsrList",
  "Argument of KVM_GET_MSR_INDEX_LIST, KVM_GET_MSR_FEATURE_INDEX_LIST; numbers follow, 32 bits each",
  { nmsrs: ["u32", "In: room; out: how many there are, also with E2BIG."] },
  4,
);

export const kvmCpuid2 = structure(
  "kvm",
  "KvmCpuid2",
  "Argument of KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2; KvmCpuidEntry2 follow",
  { nent: "u32", padding: "u32" },
);

export const kvmCpuidEntry2 = structure(
  "kvm",
  "KvmCpuidEntry2",
  "A leaf behind KvmCpuid2",
  {
    function: "u32",
    index: "u32",
    flags: ["u32", "KVM_CPUID_FLAG_*."],
    eax: "u32",
    ebx: "u32",
    ecx: "u32",
    edx: "u32",
    padding: "u32[3]",
  },
  4,
);

export const kvmCpuidFlags = table("kvm", "KvmCpuidEntry2.flags", "u32", {
  KVM_CPUID_FLAG_SIGNIFCANT_INDEX: [1, "Valid for this ECX alone. Spelled as Linux does."],
});

export const kvmDebugregs = structure("kvm", "KvmDebugregs", "Argument of KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS", {
  db: ["u64[4]", "DR0 to DR3."],
  dr6: "u64",
  dr7: "u64",
  flags: "u64",
  reserved: "u64[9]",
});

export const kvmVcpuEvents = structure("kvm", "KvmVcpuEvents", "Argument of KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS", {
  exceptionInjected: "u8",
  exceptionNr: "u8",
  exceptionHasErrorCode: "u8",
  exceptionPending: "u8",
  exceptionErrorCode: "u32",
  interruptInjected: "u8",
  interruptNr: "u8",
  interruptSoft: "u8",
  interruptShadow: ["u8", "KVM_X86_SHADOW_INT_*."],
  nmiInjected: "u8",
  nmiPending: "u8",
  nmiMasked: "u8",
  paddingNmi: "u8",
  sipiVector: "u32",
  flags: ["u32", "KVM_VCPUEVENT_VALID_*."],
  smiSmm: "u8",
  smiPending: "u8",
  smiSmmInsideNmi: "u8",
  smiLatchedInit: "u8",
  tripleFaultPending: "u8",
  reserved: "u8[26]",
  exceptionHasPayload: "u8",
  exceptionPayload: "u64",
});

export const kvmVcpuEventFlags = table("kvm", "KvmVcpuEvents.flags, and interruptShadow", "u32", {
  KVM_VCPUEVENT_VALID_NMI_PENDING: 1,
  KVM_VCPUEVENT_VALID_SIPI_VECTOR: 2,
  KVM_VCPUEVENT_VALID_SHADOW: 4,
  KVM_VCPUEVENT_VALID_SMM: 8,
  KVM_VCPUEVENT_VALID_PAYLOAD: 16,
  KVM_VCPUEVENT_VALID_TRIPLE_FAULT: 32,
  KVM_X86_SHADOW_INT_MOV_SS: 1,
  KVM_X86_SHADOW_INT_STI: 2,
});

export const kvmMpState = structure(
  "kvm",
  "KvmMpState",
  "Argument of KVM_GET_MP_STATE, KVM_SET_MP_STATE",
  { mpState: ["u32", "KVM_MP_STATE_*."] },
  4,
);

export const kvmMpStates = table("kvm", "KvmMpState.mpState", "u32", {
  KVM_MP_STATE_RUNNABLE: 0,
  KVM_MP_STATE_UNINITIALIZED: 1,
  KVM_MP_STATE_INIT_RECEIVED: 2,
  KVM_MP_STATE_HALTED: 3,
  KVM_MP_STATE_SIPI_RECEIVED: 4,
});

export const kvmLapicState = structure("kvm", "KvmLapicState", "Argument of KVM_GET_LAPIC, KVM_SET_LAPIC", {
  regs: ["u8[1024]", "The local APIC's page."],
});

export const kvmTranslation = structure("kvm", "KvmTranslation", "Argument of KVM_TRANSLATE", {
  linearAddress: ["u64", "In."],
  physicalAddress: ["u64", "Out: guest physical."],
  valid: "u8",
  writeable: "u8",
  usermode: "u8",
  padding: "u8[5]",
});

export const kvmGuestDebug = structure("kvm", "KvmGuestDebug", "Argument of KVM_SET_GUEST_DEBUG", {
  control: ["u32", "KVM_GUESTDBG_*."],
  padding: "u32",
  debugreg: ["u64[8]", "arch.debugreg: DR0 to DR7."],
});

export const kvmGuestDebugControls = table("kvm", "KvmGuestDebug.control", "u32", {
  KVM_GUESTDBG_ENABLE: 1,
  KVM_GUESTDBG_SINGLESTEP: 2,
  KVM_GUESTDBG_USE_SW_BP: 0x1_0000,
  KVM_GUESTDBG_USE_HW_BP: 0x2_0000,
  KVM_GUESTDBG_INJECT_DB: 0x4_0000,
  KVM_GUESTDBG_INJECT_BP: 0x8_0000,
  KVM_GUESTDBG_BLOCKIRQ: 0x10_0000,
});

export const kvmX86Mce = structure("kvm", "KvmX86Mce", "Argument of KVM_X86_SET_MCE", {
  status: "u64",
  addr: "u64",
  misc: "u64",
  mcgStatus: "u64",
  bank: "u8",
  padding1: "u8[7]",
  padding2: "u64[3]",
});

export const kvmTprAccessCtl = structure("kvm", "KvmTprAccessCtl", "Argument of KVM_TPR_ACCESS_REPORTING", {
  enabled: "u32",
  flags: "u32",
  reserved: "u32[8]",
});

export const kvmInterrupt = structure(
  "kvm",
  "KvmInterrupt",
  "Argument of KVM_INTERRUPT",
  { irq: ["u32", "The vector."] },
  4,
);

export const kvmSignalMask = structure(
  "kvm",
  "KvmSignalMask",
  "Argument of KVM_SET_SIGNAL_MASK; the signals follow, a bit each",
  { len: ["u32", "Bytes that follow: 8."] },
  4,
);
