// The KVM API: ioctl numbers of the system's file, a virtual machine's and a virtual processor's

import * as machine from "./kvm-machine.ts";
import * as state from "./kvm-state.ts";
import { type Structure, table } from "./schema.ts";

const KVM_TYPE = 0xae;
const direction = { none: 0, write: 1, read: 2, both: 3 } as const;

/** Linux's _IOC: direction << 30 | size << 16 | type << 8 | number. */
const ioc = (way: keyof typeof direction, number: number, size = 0): number =>
  (direction[way] * 0x4000_0000 + size * 0x1_0000 + KVM_TYPE * 0x100 + number) >>> 0;

const io = (number: number): number => ioc("none", number);
const U64_BYTES = 8;
const bytes = (argument: Structure | number): number => (typeof argument === "number" ? argument : argument.sizeBytes);
/** The user gives a block, the user gets one, or both. */
const gives = (number: number, argument: Structure | number): number => ioc("write", number, bytes(argument));
const gets = (number: number, argument: Structure | number): number => ioc("read", number, bytes(argument));
const trades = (number: number, argument: Structure | number): number => ioc("both", number, bytes(argument));

export const kvmVersion = table("kvm", "Version of the KVM API", "u32", { KVM_API_VERSION: 12 });

export const kvmSystemIoctls = table("kvm", "ioctl numbers of /dev/kvm", "u32", {
  KVM_GET_API_VERSION: io(0x00),
  KVM_CREATE_VM: [io(0x01), "Argument: the type, 0. Returns a file."],
  KVM_GET_MSR_INDEX_LIST: trades(0x02, state.kvmMsrList),
  KVM_CHECK_EXTENSION: [io(0x03), "Argument: KVM_CAP_*. Of a virtual machine's file, too."],
  KVM_GET_VCPU_MMAP_SIZE: io(0x04),
  KVM_GET_SUPPORTED_CPUID: trades(0x05, state.kvmCpuid2),
  KVM_GET_EMULATED_CPUID: trades(0x09, state.kvmCpuid2),
  KVM_GET_MSR_FEATURE_INDEX_LIST: trades(0x0a, state.kvmMsrList),
  KVM_X86_GET_MCE_CAP_SUPPORTED: gets(0x9d, U64_BYTES),
});

export const kvmVmIoctls = table("kvm", "ioctl numbers of a virtual machine's file", "u32", {
  KVM_CREATE_VCPU: [io(0x41), "Argument: its number. Returns a file."],
  KVM_GET_DIRTY_LOG: gives(0x42, machine.kvmDirtyLog),
  KVM_SET_NR_MMU_PAGES: io(0x44),
  KVM_GET_NR_MMU_PAGES: io(0x45),
  KVM_SET_USER_MEMORY_REGION: gives(0x46, machine.kvmUserspaceMemoryRegion),
  KVM_SET_TSS_ADDR: [io(0x47), "Argument: a guest physical address, three pages of which nobody uses."],
  KVM_SET_IDENTITY_MAP_ADDR: gives(0x48, U64_BYTES),
  KVM_CREATE_IRQCHIP: io(0x60),
  KVM_IRQ_LINE: gives(0x61, machine.kvmIrqLevel),
  KVM_GET_IRQCHIP: trades(0x62, machine.kvmIrqchip),
  KVM_SET_IRQCHIP: gets(0x63, machine.kvmIrqchip),
  KVM_CREATE_PIT: io(0x64),
  KVM_GET_PIT: trades(0x65, machine.kvmPitState),
  KVM_SET_PIT: gets(0x66, machine.kvmPitState),
  KVM_IRQ_LINE_STATUS: trades(0x67, machine.kvmIrqLevel),
  KVM_REGISTER_COALESCED_MMIO: gives(0x67, machine.kvmCoalescedMmioZone),
  KVM_UNREGISTER_COALESCED_MMIO: gives(0x68, machine.kvmCoalescedMmioZone),
  KVM_SET_GSI_ROUTING: gives(0x6a, machine.kvmIrqRouting),
  KVM_REINJECT_CONTROL: io(0x71),
  KVM_IRQFD: gives(0x76, machine.kvmIrqfd),
  KVM_CREATE_PIT2: gives(0x77, machine.kvmPitConfig),
  KVM_SET_BOOT_CPU_ID: io(0x78),
  KVM_IOEVENTFD: gives(0x79, machine.kvmIoeventfd),
  KVM_SET_CLOCK: gives(0x7b, machine.kvmClockData),
  KVM_GET_CLOCK: gets(0x7c, machine.kvmClockData),
  KVM_GET_PIT2: gets(0x9f, machine.kvmPitState2),
  KVM_SET_PIT2: gives(0xa0, machine.kvmPitState2),
  KVM_SIGNAL_MSI: gives(0xa5, machine.kvmMsi),
  KVM_CLEAR_DIRTY_LOG: trades(0xc0, machine.kvmClearDirtyLog),
  KVM_X86_SET_MSR_FILTER: gives(0xc6, machine.kvmMsrFilter),
  KVM_RESET_DIRTY_RINGS: io(0xc7),
});

export const kvmVcpuIoctls = table("kvm", "ioctl numbers of a virtual processor's file", "u32", {
  KVM_RUN: io(0x80),
  KVM_GET_REGS: gets(0x81, state.kvmRegs),
  KVM_SET_REGS: gives(0x82, state.kvmRegs),
  KVM_GET_SREGS: gets(0x83, state.kvmSregs),
  KVM_SET_SREGS: gives(0x84, state.kvmSregs),
  KVM_TRANSLATE: trades(0x85, state.kvmTranslation),
  KVM_INTERRUPT: gives(0x86, state.kvmInterrupt),
  KVM_GET_MSRS: [trades(0x88, state.kvmMsrs), "Of the system's file, too: MSRs that describe features."],
  KVM_SET_MSRS: gives(0x89, state.kvmMsrs),
  KVM_SET_SIGNAL_MASK: gives(0x8b, state.kvmSignalMask),
  KVM_GET_FPU: gets(0x8c, state.kvmFpu),
  KVM_SET_FPU: gives(0x8d, state.kvmFpu),
  KVM_GET_LAPIC: gets(0x8e, state.kvmLapicState),
  KVM_SET_LAPIC: gives(0x8f, state.kvmLapicState),
  KVM_SET_CPUID2: gives(0x90, state.kvmCpuid2),
  KVM_GET_CPUID2: trades(0x91, state.kvmCpuid2),
  KVM_TPR_ACCESS_REPORTING: trades(0x92, state.kvmTprAccessCtl),
  KVM_SET_VAPIC_ADDR: gives(0x93, U64_BYTES),
  KVM_GET_MP_STATE: gets(0x98, state.kvmMpState),
  KVM_SET_MP_STATE: gives(0x99, state.kvmMpState),
  KVM_NMI: io(0x9a),
  KVM_SET_GUEST_DEBUG: gives(0x9b, state.kvmGuestDebug),
  KVM_X86_SETUP_MCE: gives(0x9c, U64_BYTES),
  KVM_X86_SET_MCE: gives(0x9e, state.kvmX86Mce),
  KVM_GET_VCPU_EVENTS: gets(0x9f, state.kvmVcpuEvents),
  KVM_SET_VCPU_EVENTS: gives(0xa0, state.kvmVcpuEvents),
  KVM_GET_DEBUGREGS: gets(0xa1, state.kvmDebugregs),
  KVM_SET_DEBUGREGS: gives(0xa2, state.kvmDebugregs),
  KVM_SET_TSC_KHZ: io(0xa2),
  KVM_GET_TSC_KHZ: io(0xa3),
  KVM_GET_XSAVE: gets(0xa4, state.kvmXsave),
  KVM_SET_XSAVE: gives(0xa5, state.kvmXsave),
  KVM_GET_XCRS: gets(0xa6, state.kvmXcrs),
  KVM_SET_XCRS: gives(0xa7, state.kvmXcrs),
  KVM_KVMCLOCK_CTRL: io(0xad),
  KVM_SMI: io(0xb7),
  KVM_GET_SREGS2: gets(0xcc, state.kvmSregs2),
  KVM_SET_SREGS2: gives(0xcd, state.kvmSregs2),
  KVM_GET_XSAVE2: gets(0xcf, state.kvmXsave),
});

export const kvmCommonIoctls = table("kvm", "ioctl numbers of several files of KVM", "u32", {
  KVM_ENABLE_CAP: [gives(0xa3, machine.kvmEnableCap), "A virtual machine's, a virtual processor's."],
  KVM_GET_STATS_FD: [io(0xce), "A virtual machine's, a virtual processor's."],
  KVM_SET_DEVICE_ATTR: gives(0xe1, machine.kvmDeviceAttr),
  KVM_GET_DEVICE_ATTR: gives(0xe2, machine.kvmDeviceAttr),
  KVM_HAS_DEVICE_ATTR: gives(0xe3, machine.kvmDeviceAttr),
});
