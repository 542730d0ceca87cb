// Generated from abi/src by `bf build abi`. Do not edit.

// ioctl numbers of several files of KVM

/** A virtual machine's, a virtual processor's. */
export const KVM_ENABLE_CAP: u32 = 0x4068aea3;
/** A virtual machine's, a virtual processor's. */
export const KVM_GET_STATS_FD: u32 = 0xaece;
export const KVM_SET_DEVICE_ATTR: u32 = 0x4018aee1;
export const KVM_GET_DEVICE_ATTR: u32 = 0x4018aee2;
export const KVM_HAS_DEVICE_ATTR: u32 = 0x4018aee3;

// ioctl numbers of /dev/kvm

export const KVM_GET_API_VERSION: u32 = 0xae00;
/** Argument: the type, 0. Returns a file. */
export const KVM_CREATE_VM: u32 = 0xae01;
export const KVM_GET_MSR_INDEX_LIST: u32 = 0xc004ae02;
/** Argument: KVM_CAP_*. Of a virtual machine's file, too. */
export const KVM_CHECK_EXTENSION: u32 = 0xae03;
export const KVM_GET_VCPU_MMAP_SIZE: u32 = 0xae04;
export const KVM_GET_SUPPORTED_CPUID: u32 = 0xc008ae05;
export const KVM_GET_EMULATED_CPUID: u32 = 0xc008ae09;
export const KVM_GET_MSR_FEATURE_INDEX_LIST: u32 = 0xc004ae0a;
export const KVM_X86_GET_MCE_CAP_SUPPORTED: u32 = 0x8008ae9d;

// ioctl numbers of a virtual processor's file

export const KVM_RUN: u32 = 0xae80;
export const KVM_GET_REGS: u32 = 0x8090ae81;
export const KVM_SET_REGS: u32 = 0x4090ae82;
export const KVM_GET_SREGS: u32 = 0x8138ae83;
export const KVM_SET_SREGS: u32 = 0x4138ae84;
export const KVM_TRANSLATE: u32 = 0xc018ae85;
export const KVM_INTERRUPT: u32 = 0x4004ae86;
/** Of the system's file, too: MSRs that describe features. */
export const KVM_GET_MSRS: u32 = 0xc008ae88;
export const KVM_SET_MSRS: u32 = 0x4008ae89;
export const KVM_SET_SIGNAL_MASK: u32 = 0x4004ae8b;
export const KVM_GET_FPU: u32 = 0x81a0ae8c;
export const KVM_SET_FPU: u32 = 0x41a0ae8d;
export const KVM_GET_LAPIC: u32 = 0x8400ae8e;
export const KVM_SET_LAPIC: u32 = 0x4400ae8f;
export const KVM_SET_CPUID2: u32 = 0x4008ae90;
export const KVM_GET_CPUID2: u32 = 0xc008ae91;
export const KVM_TPR_ACCESS_REPORTING: u32 = 0xc028ae92;
export const KVM_SET_VAPIC_ADDR: u32 = 0x4008ae93;
export const KVM_GET_MP_STATE: u32 = 0x8004ae98;
export const KVM_SET_MP_STATE: u32 = 0x4004ae99;
export const KVM_NMI: u32 = 0xae9a;
export const KVM_SET_GUEST_DEBUG: u32 = 0x4048ae9b;
export const KVM_X86_SETUP_MCE: u32 = 0x4008ae9c;
export const KVM_X86_SET_MCE: u32 = 0x4040ae9e;
export const KVM_GET_VCPU_EVENTS: u32 = 0x8040ae9f;
export const KVM_SET_VCPU_EVENTS: u32 = 0x4040aea0;
export const KVM_GET_DEBUGREGS: u32 = 0x8080aea1;
export const KVM_SET_DEBUGREGS: u32 = 0x4080aea2;
export const KVM_SET_TSC_KHZ: u32 = 0xaea2;
export const KVM_GET_TSC_KHZ: u32 = 0xaea3;
export const KVM_GET_XSAVE: u32 = 0x9000aea4;
export const KVM_SET_XSAVE: u32 = 0x5000aea5;
export const KVM_GET_XCRS: u32 = 0x8188aea6;
export const KVM_SET_XCRS: u32 = 0x4188aea7;
export const KVM_KVMCLOCK_CTRL: u32 = 0xaead;
export const KVM_SMI: u32 = 0xaeb7;
export const KVM_GET_SREGS2: u32 = 0x8140aecc;
export const KVM_SET_SREGS2: u32 = 0x4140aecd;
export const KVM_GET_XSAVE2: u32 = 0x9000aecf;

// Version of the KVM API

export const KVM_API_VERSION: u32 = 0xc;

// ioctl numbers of a virtual machine's file

/** Argument: its number. Returns a file. */
export const KVM_CREATE_VCPU: u32 = 0xae41;
export const KVM_GET_DIRTY_LOG: u32 = 0x4010ae42;
export const KVM_SET_NR_MMU_PAGES: u32 = 0xae44;
export const KVM_GET_NR_MMU_PAGES: u32 = 0xae45;
export const KVM_SET_USER_MEMORY_REGION: u32 = 0x4020ae46;
/** Argument: a guest physical address, three pages of which nobody uses. */
export const KVM_SET_TSS_ADDR: u32 = 0xae47;
export const KVM_SET_IDENTITY_MAP_ADDR: u32 = 0x4008ae48;
export const KVM_CREATE_IRQCHIP: u32 = 0xae60;
export const KVM_IRQ_LINE: u32 = 0x4008ae61;
export const KVM_GET_IRQCHIP: u32 = 0xc208ae62;
export const KVM_SET_IRQCHIP: u32 = 0x8208ae63;
export const KVM_CREATE_PIT: u32 = 0xae64;
export const KVM_GET_PIT: u32 = 0xc048ae65;
export const KVM_SET_PIT: u32 = 0x8048ae66;
export const KVM_IRQ_LINE_STATUS: u32 = 0xc008ae67;
export const KVM_REGISTER_COALESCED_MMIO: u32 = 0x4010ae67;
export const KVM_UNREGISTER_COALESCED_MMIO: u32 = 0x4010ae68;
export const KVM_SET_GSI_ROUTING: u32 = 0x4008ae6a;
export const KVM_REINJECT_CONTROL: u32 = 0xae71;
export const KVM_IRQFD: u32 = 0x4020ae76;
export const KVM_CREATE_PIT2: u32 = 0x4040ae77;
export const KVM_SET_BOOT_CPU_ID: u32 = 0xae78;
export const KVM_IOEVENTFD: u32 = 0x4040ae79;
export const KVM_SET_CLOCK: u32 = 0x4030ae7b;
export const KVM_GET_CLOCK: u32 = 0x8030ae7c;
export const KVM_GET_PIT2: u32 = 0x8070ae9f;
export const KVM_SET_PIT2: u32 = 0x4070aea0;
export const KVM_SIGNAL_MSI: u32 = 0x4020aea5;
export const KVM_CLEAR_DIRTY_LOG: u32 = 0xc018aec0;
export const KVM_X86_SET_MSR_FILTER: u32 = 0x4188aec6;
export const KVM_RESET_DIRTY_RINGS: u32 = 0xaec7;

// Errors of Linux that the KVM API ends with (asm-generic/errno-base.h, errno.h)

export const ERRNO_EPERM: u32 = 0x1;
export const ERRNO_ENOENT: u32 = 0x2;
export const ERRNO_EINTR: u32 = 0x4;
export const ERRNO_EIO: u32 = 0x5;
export const ERRNO_ENXIO: u32 = 0x6;
export const ERRNO_E2BIG: u32 = 0x7;
export const ERRNO_EBADF: u32 = 0x9;
export const ERRNO_EAGAIN: u32 = 0xb;
export const ERRNO_ENOMEM: u32 = 0xc;
export const ERRNO_EACCES: u32 = 0xd;
export const ERRNO_EFAULT: u32 = 0xe;
export const ERRNO_EBUSY: u32 = 0x10;
export const ERRNO_EEXIST: u32 = 0x11;
export const ERRNO_ENODEV: u32 = 0x13;
export const ERRNO_EINVAL: u32 = 0x16;
export const ERRNO_EMFILE: u32 = 0x18;
export const ERRNO_ENOTTY: u32 = 0x19;
export const ERRNO_ENOSPC: u32 = 0x1c;
export const ERRNO_ENOSYS: u32 = 0x26;
export const ERRNO_EOPNOTSUPP: u32 = 0x5f;

// Capabilities of KVM on x86

export const KVM_CAP_IRQCHIP: u32 = 0x0;
export const KVM_CAP_HLT: u32 = 0x1;
export const KVM_CAP_MMU_SHADOW_CACHE_CONTROL: u32 = 0x2;
export const KVM_CAP_USER_MEMORY: u32 = 0x3;
export const KVM_CAP_SET_TSS_ADDR: u32 = 0x4;
export const KVM_CAP_VAPIC: u32 = 0x6;
export const KVM_CAP_EXT_CPUID: u32 = 0x7;
export const KVM_CAP_CLOCKSOURCE: u32 = 0x8;
/** How many are recommended. */
export const KVM_CAP_NR_VCPUS: u32 = 0x9;
/** How many slots there are. */
export const KVM_CAP_NR_MEMSLOTS: u32 = 0xa;
export const KVM_CAP_PIT: u32 = 0xb;
export const KVM_CAP_NOP_IO_DELAY: u32 = 0xc;
export const KVM_CAP_PV_MMU: u32 = 0xd;
export const KVM_CAP_MP_STATE: u32 = 0xe;
/** The page of the ring in a virtual processor's mapping. */
export const KVM_CAP_COALESCED_MMIO: u32 = 0xf;
/** What changes in the user's mapping changes in the guest. */
export const KVM_CAP_SYNC_MMU: u32 = 0x10;
export const KVM_CAP_DESTROY_MEMORY_REGION_WORKS: u32 = 0x15;
export const KVM_CAP_USER_NMI: u32 = 0x16;
export const KVM_CAP_SET_GUEST_DEBUG: u32 = 0x17;
export const KVM_CAP_REINJECT_CONTROL: u32 = 0x18;
/** How many routes there are. */
export const KVM_CAP_IRQ_ROUTING: u32 = 0x19;
export const KVM_CAP_IRQ_INJECT_STATUS: u32 = 0x1a;
export const KVM_CAP_JOIN_MEMORY_REGIONS_WORKS: u32 = 0x1e;
/** How many banks there are. */
export const KVM_CAP_MCE: u32 = 0x1f;
export const KVM_CAP_IRQFD: u32 = 0x20;
export const KVM_CAP_PIT2: u32 = 0x21;
export const KVM_CAP_SET_BOOT_CPU_ID: u32 = 0x22;
export const KVM_CAP_PIT_STATE2: u32 = 0x23;
export const KVM_CAP_IOEVENTFD: u32 = 0x24;
export const KVM_CAP_SET_IDENTITY_MAP_ADDR: u32 = 0x25;
export const KVM_CAP_XEN_HVM: u32 = 0x26;
/** KVM_CLOCK_*. */
export const KVM_CAP_ADJUST_CLOCK: u32 = 0x27;
export const KVM_CAP_INTERNAL_ERROR_DATA: u32 = 0x28;
export const KVM_CAP_VCPU_EVENTS: u32 = 0x29;
export const KVM_CAP_HYPERV: u32 = 0x2c;
export const KVM_CAP_HYPERV_VAPIC: u32 = 0x2d;
export const KVM_CAP_HYPERV_SPIN: u32 = 0x2e;
export const KVM_CAP_PCI_SEGMENT: u32 = 0x2f;
export const KVM_CAP_INTR_SHADOW: u32 = 0x31;
export const KVM_CAP_DEBUGREGS: u32 = 0x32;
export const KVM_CAP_X86_ROBUST_SINGLESTEP: u32 = 0x33;
export const KVM_CAP_ENABLE_CAP: u32 = 0x36;
export const KVM_CAP_XSAVE: u32 = 0x37;
export const KVM_CAP_XCRS: u32 = 0x38;
export const KVM_CAP_ASYNC_PF: u32 = 0x3b;
export const KVM_CAP_TSC_CONTROL: u32 = 0x3c;
export const KVM_CAP_GET_TSC_KHZ: u32 = 0x3d;
export const KVM_CAP_MAX_VCPUS: u32 = 0x42;
export const KVM_CAP_TSC_DEADLINE_TIMER: u32 = 0x48;
/** KVM_SYNC_X86_*. */
export const KVM_CAP_SYNC_REGS: u32 = 0x4a;
export const KVM_CAP_PCI_2_3: u32 = 0x4b;
export const KVM_CAP_KVMCLOCK_CTRL: u32 = 0x4c;
export const KVM_CAP_SIGNAL_MSI: u32 = 0x4d;
export const KVM_CAP_READONLY_MEM: u32 = 0x51;
export const KVM_CAP_IRQFD_RESAMPLE: u32 = 0x52;
export const KVM_CAP_EXT_EMUL_CPUID: u32 = 0x5f;
export const KVM_CAP_HYPERV_TIME: u32 = 0x60;
export const KVM_CAP_IOAPIC_POLARITY_IGNORED: u32 = 0x61;
export const KVM_CAP_ENABLE_CAP_VM: u32 = 0x62;
export const KVM_CAP_IOEVENTFD_NO_LENGTH: u32 = 0x64;
export const KVM_CAP_VM_ATTRIBUTES: u32 = 0x65;
/** KVM_CHECK_EXTENSION is for a virtual machine's file, too. */
export const KVM_CAP_CHECK_EXTENSION_VM: u32 = 0x69;
export const KVM_CAP_DISABLE_QUIRKS: u32 = 0x74;
export const KVM_CAP_X86_SMM: u32 = 0x75;
export const KVM_CAP_MULTI_ADDRESS_SPACE: u32 = 0x76;
export const KVM_CAP_SPLIT_IRQCHIP: u32 = 0x79;
export const KVM_CAP_IOEVENTFD_ANY_LENGTH: u32 = 0x7a;
export const KVM_CAP_HYPERV_SYNIC: u32 = 0x7b;
export const KVM_CAP_MAX_VCPU_ID: u32 = 0x80;
export const KVM_CAP_X2APIC_API: u32 = 0x81;
export const KVM_CAP_IMMEDIATE_EXIT: u32 = 0x88;
export const KVM_CAP_X86_DISABLE_EXITS: u32 = 0x8f;
export const KVM_CAP_HYPERV_SYNIC2: u32 = 0x94;
export const KVM_CAP_HYPERV_VP_INDEX: u32 = 0x95;
export const KVM_CAP_GET_MSR_FEATURES: u32 = 0x99;
export const KVM_CAP_HYPERV_EVENTFD: u32 = 0x9a;
export const KVM_CAP_NESTED_STATE: u32 = 0x9d;
export const KVM_CAP_MSR_PLATFORM_INFO: u32 = 0x9f;
export const KVM_CAP_COALESCED_PIO: u32 = 0xa2;
export const KVM_CAP_EXCEPTION_PAYLOAD: u32 = 0xa4;
export const KVM_CAP_HYPERV_CPUID: u32 = 0xa7;
export const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: u32 = 0xa8;
export const KVM_CAP_PMU_EVENT_FILTER: u32 = 0xad;
export const KVM_CAP_HALT_POLL: u32 = 0xb6;
export const KVM_CAP_ASYNC_PF_INT: u32 = 0xb7;
export const KVM_CAP_STEAL_TIME: u32 = 0xbb;
export const KVM_CAP_X86_USER_SPACE_MSR: u32 = 0xbc;
export const KVM_CAP_X86_MSR_FILTER: u32 = 0xbd;
export const KVM_CAP_ENFORCE_PV_FEATURE_CPUID: u32 = 0xbe;
export const KVM_CAP_DIRTY_LOG_RING: u32 = 0xc0;
export const KVM_CAP_X86_BUS_LOCK_EXIT: u32 = 0xc1;
export const KVM_CAP_SET_GUEST_DEBUG2: u32 = 0xc3;
export const KVM_CAP_SREGS2: u32 = 0xc8;
export const KVM_CAP_EXIT_HYPERCALL: u32 = 0xc9;
export const KVM_CAP_BINARY_STATS_FD: u32 = 0xcb;
export const KVM_CAP_EXIT_ON_EMULATION_FAILURE: u32 = 0xcc;
export const KVM_CAP_VM_GPA_BITS: u32 = 0xcf;
export const KVM_CAP_XSAVE2: u32 = 0xd0;
export const KVM_CAP_SYS_ATTRIBUTES: u32 = 0xd1;
/** KVM_X86_QUIRK_* that can be disabled. */
export const KVM_CAP_DISABLE_QUIRKS2: u32 = 0xd5;
export const KVM_CAP_VM_TSC_CONTROL: u32 = 0xd6;
export const KVM_CAP_SYSTEM_EVENT_DATA: u32 = 0xd7;
export const KVM_CAP_X86_TRIPLE_FAULT_EVENT: u32 = 0xda;
export const KVM_CAP_X86_NOTIFY_VMEXIT: u32 = 0xdb;

// KVM_CAP_DISABLE_QUIRKS2: what KVM does against the manuals unless it is told not to

export const KVM_X86_QUIRK_LINT0_REENABLED: u32 = 0x1;
export const KVM_X86_QUIRK_CD_NW_CLEARED: u32 = 0x2;
export const KVM_X86_QUIRK_LAPIC_MMIO_HOLE: u32 = 0x4;
export const KVM_X86_QUIRK_OUT_7E_INC_RIP: u32 = 0x8;
/** CPUID has MONITOR and MWAIT as the user gave it, whatever MISC_ENABLE says. */
export const KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT: u32 = 0x10;
export const KVM_X86_QUIRK_FIX_HYPERCALL_INSN: u32 = 0x20;
/** MONITOR and MWAIT do nothing where CPUID has them not, instead of #UD. */
export const KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS: u32 = 0x40;

// Argument of KVM_CLEAR_DIRTY_LOG

/** u32. */
export const KVM_CLEAR_DIRTY_LOG_SLOT: u32 = 0x0;
/** u32. */
export const KVM_CLEAR_DIRTY_LOG_NUM_PAGES: u32 = 0x4;
/** u64. */
export const KVM_CLEAR_DIRTY_LOG_FIRST_PAGE: u32 = 0x8;
/** u64. */
export const KVM_CLEAR_DIRTY_LOG_DIRTY_BITMAP: u32 = 0x10;
/** Size of the structure. */
export const KVM_CLEAR_DIRTY_LOG_BYTES: u32 = 0x18;

// Argument of KVM_GET_CLOCK, KVM_SET_CLOCK

/** u64: Nanoseconds. */
export const KVM_CLOCK_DATA_CLOCK: u32 = 0x0;
/** u32: KVM_CLOCK_*. */
export const KVM_CLOCK_DATA_FLAGS: u32 = 0x8;
/** u32. */
export const KVM_CLOCK_DATA_PADDING0: u32 = 0xc;
/** u64. */
export const KVM_CLOCK_DATA_REALTIME: u32 = 0x10;
/** u64. */
export const KVM_CLOCK_DATA_HOST_TSC: u32 = 0x18;
/** u32[4]. */
export const KVM_CLOCK_DATA_PADDING: u32 = 0x20;
/** Size of the structure. */
export const KVM_CLOCK_DATA_BYTES: u32 = 0x30;

// KvmClockData.flags

export const KVM_CLOCK_TSC_STABLE: u32 = 0x2;
export const KVM_CLOCK_REALTIME: u32 = 0x4;
export const KVM_CLOCK_HOST_TSC: u32 = 0x8;

// A write in KvmCoalescedMmioRing

/** u64. */
export const KVM_COALESCED_MMIO_PHYS_ADDR: u32 = 0x0;
/** u32: Bytes of it, 1 to 8. */
export const KVM_COALESCED_MMIO_LEN: u32 = 0x8;
/** u32: 1: to a port. */
export const KVM_COALESCED_MMIO_PIO: u32 = 0xc;
/** u8[8]. */
export const KVM_COALESCED_MMIO_DATA: u32 = 0x10;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_BYTES: u32 = 0x18;

// The ring of coalesced writes: as many KvmCoalescedMmio follow as the page has room for

/** u32: The first that the user has not carried out: the user's. */
export const KVM_COALESCED_MMIO_RING_FIRST: u32 = 0x0;
/** u32: Behind the last one: the kernel's. */
export const KVM_COALESCED_MMIO_RING_LAST: u32 = 0x4;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_RING_BYTES: u32 = 0x8;

// Argument of KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO

/** u64. */
export const KVM_COALESCED_MMIO_ZONE_ADDR: u32 = 0x0;
/** u32. */
export const KVM_COALESCED_MMIO_ZONE_SIZE: u32 = 0x8;
/** u32: 1: ports. */
export const KVM_COALESCED_MMIO_ZONE_PIO: u32 = 0xc;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_ZONE_BYTES: u32 = 0x10;

// Argument of KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR

/** u32. */
export const KVM_DEVICE_ATTR_FLAGS: u32 = 0x0;
/** u32. */
export const KVM_DEVICE_ATTR_GROUP: u32 = 0x4;
/** u64. */
export const KVM_DEVICE_ATTR_ATTR: u32 = 0x8;
/** u64. */
export const KVM_DEVICE_ATTR_ADDR: u32 = 0x10;
/** Size of the structure. */
export const KVM_DEVICE_ATTR_BYTES: u32 = 0x18;

// Argument of KVM_GET_DIRTY_LOG

/** u32. */
export const KVM_DIRTY_LOG_SLOT: u32 = 0x0;
/** u32. */
export const KVM_DIRTY_LOG_PADDING: u32 = 0x4;
/** u64: Address of a bit for each page. */
export const KVM_DIRTY_LOG_DIRTY_BITMAP: u32 = 0x8;
/** Size of the structure. */
export const KVM_DIRTY_LOG_BYTES: u32 = 0x10;

// Argument of KVM_ENABLE_CAP

/** u32: KVM_CAP_*. */
export const KVM_ENABLE_CAP_CAP: u32 = 0x0;
/** u32. */
export const KVM_ENABLE_CAP_FLAGS: u32 = 0x4;
/** u64[4]. */
export const KVM_ENABLE_CAP_ARGS: u32 = 0x8;
/** u8[64]. */
export const KVM_ENABLE_CAP_PADDING: u32 = 0x28;
/** Size of the structure. */
export const KVM_ENABLE_CAP_BYTES: u32 = 0x68;

// KvmIrqfd.flags, KvmIoeventfd.flags

export const KVM_IRQFD_FLAG_DEASSIGN: u32 = 0x1;
export const KVM_IRQFD_FLAG_RESAMPLE: u32 = 0x2;
export const KVM_IOEVENTFD_FLAG_DATAMATCH: u32 = 0x1;
export const KVM_IOEVENTFD_FLAG_PIO: u32 = 0x2;
export const KVM_IOEVENTFD_FLAG_DEASSIGN: u32 = 0x4;

// KvmIrqchip.chip of the I/O APIC

/** u64. */
export const KVM_IOAPIC_STATE_BASE_ADDRESS: u32 = 0x0;
/** u32: The register that is accessed. */
export const KVM_IOAPIC_STATE_IOREGSEL: u32 = 0x8;
/** u32. */
export const KVM_IOAPIC_STATE_ID: u32 = 0xc;
/** u32: A bit for each pin that is asserted, but for those whose edge was delivered. */
export const KVM_IOAPIC_STATE_IRR: u32 = 0x10;
/** u32. */
export const KVM_IOAPIC_STATE_PADDING: u32 = 0x14;
/** u64[24]: Redirection entries. */
export const KVM_IOAPIC_STATE_REDIRTBL: u32 = 0x18;
/** Size of the structure. */
export const KVM_IOAPIC_STATE_BYTES: u32 = 0xd8;

// Argument of KVM_IOEVENTFD

/** u64. */
export const KVM_IOEVENTFD_DATAMATCH: u32 = 0x0;
/** u64. */
export const KVM_IOEVENTFD_ADDR: u32 = 0x8;
/** u32. */
export const KVM_IOEVENTFD_LEN: u32 = 0x10;
/** u32. */
export const KVM_IOEVENTFD_FD: u32 = 0x14;
/** u32: KVM_IOEVENTFD_FLAG_*. */
export const KVM_IOEVENTFD_FLAGS: u32 = 0x18;
/** u8[36]. */
export const KVM_IOEVENTFD_PADDING: u32 = 0x1c;
/** Size of the structure. */
export const KVM_IOEVENTFD_BYTES: u32 = 0x40;

// Argument of KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS

/** u32: The line; KVM_IRQ_LINE_STATUS writes here what became of it. */
export const KVM_IRQ_LEVEL_IRQ: u32 = 0x0;
/** u32. */
export const KVM_IRQ_LEVEL_LEVEL: u32 = 0x4;
/** Size of the structure. */
export const KVM_IRQ_LEVEL_BYTES: u32 = 0x8;

// Argument of KVM_SET_GSI_ROUTING; KvmIrqRoutingEntry follow

/** u32. */
export const KVM_IRQ_ROUTING_NR: u32 = 0x0;
/** u32. */
export const KVM_IRQ_ROUTING_FLAGS: u32 = 0x4;
/** Size of the structure. */
export const KVM_IRQ_ROUTING_BYTES: u32 = 0x8;

// A route behind KvmIrqRouting

/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_GSI: u32 = 0x0;
/** u32: KVM_IRQ_ROUTING_*. */
export const KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE: u32 = 0x4;
/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_FLAGS: u32 = 0x8;
/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_PADDING: u32 = 0xc;
/** u32[8]: Chip and pin, or low and high address, data and device of an MSI. */
export const KVM_IRQ_ROUTING_ENTRY_U: u32 = 0x10;
/** Size of the structure. */
export const KVM_IRQ_ROUTING_ENTRY_BYTES: u32 = 0x30;

// KvmIrqRoutingEntry.routeType

export const KVM_IRQ_ROUTING_IRQCHIP: u32 = 0x1;
export const KVM_IRQ_ROUTING_MSI: u32 = 0x2;

// Argument of KVM_GET_IRQCHIP, KVM_SET_IRQCHIP

/** u32: KVM_IRQCHIP_*. */
export const KVM_IRQCHIP_CHIP_ID: u32 = 0x0;
/** u32. */
export const KVM_IRQCHIP_PADDING: u32 = 0x4;
/** u8[512]. */
export const KVM_IRQCHIP_CHIP: u32 = 0x8;
/** Size of the structure. */
export const KVM_IRQCHIP_BYTES: u32 = 0x208;

// KvmIrqchip.chipId

export const KVM_IRQCHIP_PIC_MASTER: u32 = 0x0;
export const KVM_IRQCHIP_PIC_SLAVE: u32 = 0x1;
export const KVM_IRQCHIP_IOAPIC: u32 = 0x2;

// Argument of KVM_IRQFD

/** u32. */
export const KVM_IRQFD_FD: u32 = 0x0;
/** u32. */
export const KVM_IRQFD_GSI: u32 = 0x4;
/** u32: KVM_IRQFD_FLAG_*. */
export const KVM_IRQFD_FLAGS: u32 = 0x8;
/** u32. */
export const KVM_IRQFD_RESAMPLEFD: u32 = 0xc;
/** u8[16]. */
export const KVM_IRQFD_PADDING: u32 = 0x10;
/** Size of the structure. */
export const KVM_IRQFD_BYTES: u32 = 0x20;

// KvmUserspaceMemoryRegion.flags

export const KVM_MEM_LOG_DIRTY_PAGES: u32 = 0x1;
export const KVM_MEM_READONLY: u32 = 0x2;

// Argument of KVM_SIGNAL_MSI

/** u32. */
export const KVM_MSI_ADDRESS_LO: u32 = 0x0;
/** u32. */
export const KVM_MSI_ADDRESS_HI: u32 = 0x4;
/** u32. */
export const KVM_MSI_DATA: u32 = 0x8;
/** u32. */
export const KVM_MSI_FLAGS: u32 = 0xc;
/** u32. */
export const KVM_MSI_DEVID: u32 = 0x10;
/** u8[12]. */
export const KVM_MSI_PADDING: u32 = 0x14;
/** Size of the structure. */
export const KVM_MSI_BYTES: u32 = 0x20;

// Argument of KVM_X86_SET_MSR_FILTER

/** u32: KVM_MSR_FILTER_DEFAULT_DENY. */
export const KVM_MSR_FILTER_FLAGS: u32 = 0x0;
/** u32. */
export const KVM_MSR_FILTER_PADDING: u32 = 0x4;
/** u64[48]: Sixteen KvmMsrFilterRange. */
export const KVM_MSR_FILTER_RANGES: u32 = 0x8;
/** Size of the structure. */
export const KVM_MSR_FILTER_BYTES: u32 = 0x188;

// KvmMsrFilter.flags, KvmMsrFilterRange.flags

export const KVM_MSR_FILTER_DEFAULT_DENY: u32 = 0x1;
export const KVM_MSR_FILTER_READ: u32 = 0x1;
export const KVM_MSR_FILTER_WRITE: u32 = 0x2;

// A range of MSRs in KvmMsrFilter

/** u32: KVM_MSR_FILTER_READ, KVM_MSR_FILTER_WRITE. */
export const KVM_MSR_FILTER_RANGE_FLAGS: u32 = 0x0;
/** u32: 0: no range. */
export const KVM_MSR_FILTER_RANGE_NMSRS: u32 = 0x4;
/** u32. */
export const KVM_MSR_FILTER_RANGE_BASE: u32 = 0x8;
/** u32. */
export const KVM_MSR_FILTER_RANGE_PADDING: u32 = 0xc;
/** u64: Address of a bit for each MSR: 1: allowed. */
export const KVM_MSR_FILTER_RANGE_BITMAP: u32 = 0x10;
/** Size of the structure. */
export const KVM_MSR_FILTER_RANGE_BYTES: u32 = 0x18;

// KvmIrqchip.chip of an 8259

/** u8: Which lines are asserted, for the next edge. */
export const KVM_PIC_STATE_LAST_IRR: u32 = 0x0;
/** u8. */
export const KVM_PIC_STATE_IRR: u32 = 0x1;
/** u8. */
export const KVM_PIC_STATE_IMR: u32 = 0x2;
/** u8. */
export const KVM_PIC_STATE_ISR: u32 = 0x3;
/** u8: The line whose priority is highest. */
export const KVM_PIC_STATE_PRIORITY_ADD: u32 = 0x4;
/** u8: The first vector. */
export const KVM_PIC_STATE_IRQ_BASE: u32 = 0x5;
/** u8: 1: ISR is read, 0: IRR. */
export const KVM_PIC_STATE_READ_REG_SELECT: u32 = 0x6;
/** u8: 1: the next read is an acknowledgement. */
export const KVM_PIC_STATE_POLL: u32 = 0x7;
/** u8. */
export const KVM_PIC_STATE_SPECIAL_MASK: u32 = 0x8;
/** u8: The initialization command word that came last; 0: all have come. */
export const KVM_PIC_STATE_INIT_STATE: u32 = 0x9;
/** u8. */
export const KVM_PIC_STATE_AUTO_EOI: u32 = 0xa;
/** u8. */
export const KVM_PIC_STATE_ROTATE_ON_AUTO_EOI: u32 = 0xb;
/** u8. */
export const KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE: u32 = 0xc;
/** u8: 1: a fourth word comes. */
export const KVM_PIC_STATE_INIT4: u32 = 0xd;
/** u8: A bit for each line that is level-triggered. */
export const KVM_PIC_STATE_ELCR: u32 = 0xe;
/** u8: And for each that can be so. */
export const KVM_PIC_STATE_ELCR_MASK: u32 = 0xf;
/** Size of the structure. */
export const KVM_PIC_STATE_BYTES: u32 = 0x10;

// A channel of KvmPitState, KvmPitState2

/** u32: What it counts from, 1 to 65536. */
export const KVM_PIT_CHANNEL_STATE_COUNT: u32 = 0x0;
/** u16. */
export const KVM_PIT_CHANNEL_STATE_LATCHED_COUNT: u32 = 0x4;
/** u8: 0, or how latchedCount is read: as readState. */
export const KVM_PIT_CHANNEL_STATE_COUNT_LATCHED: u32 = 0x6;
/** u8: 1: the next read is status. */
export const KVM_PIT_CHANNEL_STATE_STATUS_LATCHED: u32 = 0x7;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_STATUS: u32 = 0x8;
/** u8: 1: bits 7:0, 2: bits 15:8, 3: both, bits 7:0 next, 4: both, bits 15:8 next. */
export const KVM_PIT_CHANNEL_STATE_READ_STATE: u32 = 0x9;
/** u8: The same. */
export const KVM_PIT_CHANNEL_STATE_WRITE_STATE: u32 = 0xa;
/** u8: Bits 7:0 of a count whose bits 15:8 are to be written. */
export const KVM_PIT_CHANNEL_STATE_WRITE_LATCH: u32 = 0xb;
/** u8: Bits 5:4 of the control word. */
export const KVM_PIT_CHANNEL_STATE_RW_MODE: u32 = 0xc;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_MODE: u32 = 0xd;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_BCD: u32 = 0xe;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_GATE: u32 = 0xf;
/** u64: Nanoseconds of the kernel's clock. */
export const KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME: u32 = 0x10;
/** Size of the structure. */
export const KVM_PIT_CHANNEL_STATE_BYTES: u32 = 0x18;

// Argument of KVM_CREATE_PIT2

/** u32: KVM_PIT_SPEAKER_DUMMY. */
export const KVM_PIT_CONFIG_FLAGS: u32 = 0x0;
/** u32[15]. */
export const KVM_PIT_CONFIG_PADDING: u32 = 0x4;
/** Size of the structure. */
export const KVM_PIT_CONFIG_BYTES: u32 = 0x40;

// KvmPitConfig.flags

/** Port 61h is the kernel's, too. */
export const KVM_PIT_SPEAKER_DUMMY: u32 = 0x1;

// Argument of KVM_GET_PIT, KVM_SET_PIT

/** u64[9]: Three KvmPitChannelState. */
export const KVM_PIT_STATE_CHANNELS: u32 = 0x0;
/** Size of the structure. */
export const KVM_PIT_STATE_BYTES: u32 = 0x48;

// Argument of KVM_GET_PIT2, KVM_SET_PIT2

/** u64[9]: Three KvmPitChannelState. */
export const KVM_PIT_STATE2_CHANNELS: u32 = 0x0;
/** u32: KVM_PIT_FLAGS_*. */
export const KVM_PIT_STATE2_FLAGS: u32 = 0x48;
/** u32[9]. */
export const KVM_PIT_STATE2_RESERVED: u32 = 0x4c;
/** Size of the structure. */
export const KVM_PIT_STATE2_BYTES: u32 = 0x70;

// KvmPitState2.flags

/** Channel 0 asserts no line: another timer has it. */
export const KVM_PIT_FLAGS_HPET_LEGACY: u32 = 0x1;
/** Bit 1 of port 61h. */
export const KVM_PIT_FLAGS_SPEAKER_DATA_ON: u32 = 0x2;

// Argument of KVM_REINJECT_CONTROL

/** u8: 1: ticks that the guest has missed come later; 0: they are lost. */
export const KVM_REINJECT_CONTROL_PIT_REINJECT: u32 = 0x0;
/** u8[31]. */
export const KVM_REINJECT_CONTROL_RESERVED: u32 = 0x1;
/** Size of the structure. */
export const KVM_REINJECT_CONTROL_BYTES: u32 = 0x20;

// Argument of KVM_SET_USER_MEMORY_REGION

/** u32: Bits 15:0 the number, bits 31:16 the address space. */
export const KVM_USERSPACE_MEMORY_REGION_SLOT: u32 = 0x0;
/** u32: KVM_MEM_*. */
export const KVM_USERSPACE_MEMORY_REGION_FLAGS: u32 = 0x4;
/** u64. */
export const KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR: u32 = 0x8;
/** u64: Bytes; 0 takes the slot away. */
export const KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE: u32 = 0x10;
/** u64. */
export const KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR: u32 = 0x18;
/** Size of the structure. */
export const KVM_USERSPACE_MEMORY_REGION_BYTES: u32 = 0x20;

// Argument of KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2; KvmCpuidEntry2 follow

/** u32. */
export const KVM_CPUID2_NENT: u32 = 0x0;
/** u32. */
export const KVM_CPUID2_PADDING: u32 = 0x4;
/** Size of the structure. */
export const KVM_CPUID2_BYTES: u32 = 0x8;

// A leaf behind KvmCpuid2

/** u32. */
export const KVM_CPUID_ENTRY2_FUNCTION: u32 = 0x0;
/** u32. */
export const KVM_CPUID_ENTRY2_INDEX: u32 = 0x4;
/** u32: KVM_CPUID_FLAG_*. */
export const KVM_CPUID_ENTRY2_FLAGS: u32 = 0x8;
/** u32. */
export const KVM_CPUID_ENTRY2_EAX: u32 = 0xc;
/** u32. */
export const KVM_CPUID_ENTRY2_EBX: u32 = 0x10;
/** u32. */
export const KVM_CPUID_ENTRY2_ECX: u32 = 0x14;
/** u32. */
export const KVM_CPUID_ENTRY2_EDX: u32 = 0x18;
/** u32[3]. */
export const KVM_CPUID_ENTRY2_PADDING: u32 = 0x1c;
/** Size of the structure. */
export const KVM_CPUID_ENTRY2_BYTES: u32 = 0x28;

// KvmCpuidEntry2.flags

/** Valid for this ECX alone. Spelled as Linux does. */
export const KVM_CPUID_FLAG_SIGNIFCANT_INDEX: u32 = 0x1;

// Argument of KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS

/** u64[4]: DR0 to DR3. */
export const KVM_DEBUGREGS_DB: u32 = 0x0;
/** u64. */
export const KVM_DEBUGREGS_DR6: u32 = 0x20;
/** u64. */
export const KVM_DEBUGREGS_DR7: u32 = 0x28;
/** u64. */
export const KVM_DEBUGREGS_FLAGS: u32 = 0x30;
/** u64[9]. */
export const KVM_DEBUGREGS_RESERVED: u32 = 0x38;
/** Size of the structure. */
export const KVM_DEBUGREGS_BYTES: u32 = 0x80;

// GDTR or IDTR, as KvmSregs has it

/** u64. */
export const KVM_DTABLE_BASE: u32 = 0x0;
/** u16. */
export const KVM_DTABLE_LIMIT: u32 = 0x8;
/** u16[3]. */
export const KVM_DTABLE_PADDING: u32 = 0xa;
/** Size of the structure. */
export const KVM_DTABLE_BYTES: u32 = 0x10;

// Argument of KVM_GET_FPU, KVM_SET_FPU

/** u8[128]: Eight registers, 16 bytes each. */
export const KVM_FPU_FPR: u32 = 0x0;
/** u16. */
export const KVM_FPU_FCW: u32 = 0x80;
/** u16. */
export const KVM_FPU_FSW: u32 = 0x82;
/** u8: Tags in FXSAVE's short form. */
export const KVM_FPU_FTWX: u32 = 0x84;
/** u8. */
export const KVM_FPU_PADDING1: u32 = 0x85;
/** u16. */
export const KVM_FPU_LAST_OPCODE: u32 = 0x86;
/** u64. */
export const KVM_FPU_LAST_IP: u32 = 0x88;
/** u64. */
export const KVM_FPU_LAST_DP: u32 = 0x90;
/** u8[256]: Sixteen registers, 16 bytes each. */
export const KVM_FPU_XMM: u32 = 0x98;
/** u32. */
export const KVM_FPU_MXCSR: u32 = 0x198;
/** u32. */
export const KVM_FPU_PADDING2: u32 = 0x19c;
/** Size of the structure. */
export const KVM_FPU_BYTES: u32 = 0x1a0;

// Argument of KVM_SET_GUEST_DEBUG

/** u32: KVM_GUESTDBG_*. */
export const KVM_GUEST_DEBUG_CONTROL: u32 = 0x0;
/** u32. */
export const KVM_GUEST_DEBUG_PADDING: u32 = 0x4;
/** u64[8]: arch.debugreg: DR0 to DR7. */
export const KVM_GUEST_DEBUG_DEBUGREG: u32 = 0x8;
/** Size of the structure. */
export const KVM_GUEST_DEBUG_BYTES: u32 = 0x48;

// KvmGuestDebug.control

export const KVM_GUESTDBG_ENABLE: u32 = 0x1;
export const KVM_GUESTDBG_SINGLESTEP: u32 = 0x2;
export const KVM_GUESTDBG_USE_SW_BP: u32 = 0x10000;
export const KVM_GUESTDBG_USE_HW_BP: u32 = 0x20000;
export const KVM_GUESTDBG_INJECT_DB: u32 = 0x40000;
export const KVM_GUESTDBG_INJECT_BP: u32 = 0x80000;
export const KVM_GUESTDBG_BLOCKIRQ: u32 = 0x100000;

// Argument of KVM_INTERRUPT

/** u32: The vector. */
export const KVM_INTERRUPT_IRQ: u32 = 0x0;
/** Size of the structure. */
export const KVM_INTERRUPT_BYTES: u32 = 0x4;

// Argument of KVM_GET_LAPIC, KVM_SET_LAPIC

/** u8[1024]: The local APIC's page. */
export const KVM_LAPIC_STATE_REGS: u32 = 0x0;
/** Size of the structure. */
export const KVM_LAPIC_STATE_BYTES: u32 = 0x400;

// Argument of KVM_GET_MP_STATE, KVM_SET_MP_STATE

/** u32: KVM_MP_STATE_*. */
export const KVM_MP_STATE_MP_STATE: u32 = 0x0;
/** Size of the structure. */
export const KVM_MP_STATE_BYTES: u32 = 0x4;

// KvmMpState.mpState

export const KVM_MP_STATE_RUNNABLE: u32 = 0x0;
export const KVM_MP_STATE_UNINITIALIZED: u32 = 0x1;
export const KVM_MP_STATE_INIT_RECEIVED: u32 = 0x2;
export const KVM_MP_STATE_HALTED: u32 = 0x3;
export const KVM_MP_STATE_SIPI_RECEIVED: u32 = 0x4;

// An MSR behind KvmMsrs

/** u32. */
export const KVM_MSR_ENTRY_INDEX: u32 = 0x0;
/** u32. */
export const KVM_MSR_ENTRY_RESERVED: u32 = 0x4;
/** u64. */
export const KVM_MSR_ENTRY_DATA: u32 = 0x8;
/** Size of the structure. */
export const KVM_MSR_ENTRY_BYTES: u32 = 0x10;

// Argument of KVM_GET_MSR_INDEX_LIST, KVM_GET_MSR_FEATURE_INDEX_LIST; numbers follow, 32 bits each

/** u32: In: room; out: how many there are, also with E2BIG. */
export const KVM_MSR_LIST_NMSRS: u32 = 0x0;
/** Size of the structure. */
export const KVM_MSR_LIST_BYTES: u32 = 0x4;

// Argument of KVM_GET_MSRS, KVM_SET_MSRS; KvmMsrEntry follow

/** u32. */
export const KVM_MSRS_NMSRS: u32 = 0x0;
/** u32. */
export const KVM_MSRS_PADDING: u32 = 0x4;
/** Size of the structure. */
export const KVM_MSRS_BYTES: u32 = 0x8;

// Argument of KVM_GET_REGS, KVM_SET_REGS

/** u64. */
export const KVM_REGS_RAX: u32 = 0x0;
/** u64. */
export const KVM_REGS_RBX: u32 = 0x8;
/** u64. */
export const KVM_REGS_RCX: u32 = 0x10;
/** u64. */
export const KVM_REGS_RDX: u32 = 0x18;
/** u64. */
export const KVM_REGS_RSI: u32 = 0x20;
/** u64. */
export const KVM_REGS_RDI: u32 = 0x28;
/** u64. */
export const KVM_REGS_RSP: u32 = 0x30;
/** u64. */
export const KVM_REGS_RBP: u32 = 0x38;
/** u64. */
export const KVM_REGS_R8: u32 = 0x40;
/** u64. */
export const KVM_REGS_R9: u32 = 0x48;
/** u64. */
export const KVM_REGS_R10: u32 = 0x50;
/** u64. */
export const KVM_REGS_R11: u32 = 0x58;
/** u64. */
export const KVM_REGS_R12: u32 = 0x60;
/** u64. */
export const KVM_REGS_R13: u32 = 0x68;
/** u64. */
export const KVM_REGS_R14: u32 = 0x70;
/** u64. */
export const KVM_REGS_R15: u32 = 0x78;
/** u64. */
export const KVM_REGS_RIP: u32 = 0x80;
/** u64. */
export const KVM_REGS_RFLAGS: u32 = 0x88;
/** Size of the structure. */
export const KVM_REGS_BYTES: u32 = 0x90;

// A segment register, as KvmSregs has it

/** u64. */
export const KVM_SEGMENT_BASE: u32 = 0x0;
/** u32: In bytes, whatever the granularity is. */
export const KVM_SEGMENT_LIMIT: u32 = 0x8;
/** u16. */
export const KVM_SEGMENT_SELECTOR: u32 = 0xc;
/** u8: Type of the descriptor, 4 bits. */
export const KVM_SEGMENT_SEGMENT_TYPE: u32 = 0xe;
/** u8. */
export const KVM_SEGMENT_PRESENT: u32 = 0xf;
/** u8. */
export const KVM_SEGMENT_DPL: u32 = 0x10;
/** u8. */
export const KVM_SEGMENT_DB: u32 = 0x11;
/** u8. */
export const KVM_SEGMENT_S: u32 = 0x12;
/** u8. */
export const KVM_SEGMENT_L: u32 = 0x13;
/** u8. */
export const KVM_SEGMENT_G: u32 = 0x14;
/** u8. */
export const KVM_SEGMENT_AVL: u32 = 0x15;
/** u8. */
export const KVM_SEGMENT_UNUSABLE: u32 = 0x16;
/** u8. */
export const KVM_SEGMENT_PADDING: u32 = 0x17;
/** Size of the structure. */
export const KVM_SEGMENT_BYTES: u32 = 0x18;

// Argument of KVM_SET_SIGNAL_MASK; the signals follow, a bit each

/** u32: Bytes that follow: 8. */
export const KVM_SIGNAL_MASK_LEN: u32 = 0x0;
/** Size of the structure. */
export const KVM_SIGNAL_MASK_BYTES: u32 = 0x4;

// Argument of KVM_GET_SREGS, KVM_SET_SREGS

/** u64[3]: KvmSegment, as all eight. */
export const KVM_SREGS_CS: u32 = 0x0;
/** u64[3]. */
export const KVM_SREGS_DS: u32 = 0x18;
/** u64[3]. */
export const KVM_SREGS_ES: u32 = 0x30;
/** u64[3]. */
export const KVM_SREGS_FS: u32 = 0x48;
/** u64[3]. */
export const KVM_SREGS_GS: u32 = 0x60;
/** u64[3]. */
export const KVM_SREGS_SS: u32 = 0x78;
/** u64[3]. */
export const KVM_SREGS_TR: u32 = 0x90;
/** u64[3]. */
export const KVM_SREGS_LDT: u32 = 0xa8;
/** u64[2]: KvmDtable. */
export const KVM_SREGS_GDT: u32 = 0xc0;
/** u64[2]: KvmDtable. */
export const KVM_SREGS_IDT: u32 = 0xd0;
/** u64. */
export const KVM_SREGS_CR0: u32 = 0xe0;
/** u64. */
export const KVM_SREGS_CR2: u32 = 0xe8;
/** u64. */
export const KVM_SREGS_CR3: u32 = 0xf0;
/** u64. */
export const KVM_SREGS_CR4: u32 = 0xf8;
/** u64. */
export const KVM_SREGS_CR8: u32 = 0x100;
/** u64. */
export const KVM_SREGS_EFER: u32 = 0x108;
/** u64. */
export const KVM_SREGS_APIC_BASE: u32 = 0x110;
/** u64[4]: At most one bit: the interrupt that is being delivered. */
export const KVM_SREGS_INTERRUPT_BITMAP: u32 = 0x118;
/** Size of the structure. */
export const KVM_SREGS_BYTES: u32 = 0x138;

// Argument of KVM_GET_SREGS2, KVM_SET_SREGS2

/** u64[3]: KvmSegment, as all eight. */
export const KVM_SREGS2_CS: u32 = 0x0;
/** u64[3]. */
export const KVM_SREGS2_DS: u32 = 0x18;
/** u64[3]. */
export const KVM_SREGS2_ES: u32 = 0x30;
/** u64[3]. */
export const KVM_SREGS2_FS: u32 = 0x48;
/** u64[3]. */
export const KVM_SREGS2_GS: u32 = 0x60;
/** u64[3]. */
export const KVM_SREGS2_SS: u32 = 0x78;
/** u64[3]. */
export const KVM_SREGS2_TR: u32 = 0x90;
/** u64[3]. */
export const KVM_SREGS2_LDT: u32 = 0xa8;
/** u64[2]: KvmDtable. */
export const KVM_SREGS2_GDT: u32 = 0xc0;
/** u64[2]: KvmDtable. */
export const KVM_SREGS2_IDT: u32 = 0xd0;
/** u64. */
export const KVM_SREGS2_CR0: u32 = 0xe0;
/** u64. */
export const KVM_SREGS2_CR2: u32 = 0xe8;
/** u64. */
export const KVM_SREGS2_CR3: u32 = 0xf0;
/** u64. */
export const KVM_SREGS2_CR4: u32 = 0xf8;
/** u64. */
export const KVM_SREGS2_CR8: u32 = 0x100;
/** u64. */
export const KVM_SREGS2_EFER: u32 = 0x108;
/** u64. */
export const KVM_SREGS2_APIC_BASE: u32 = 0x110;
/** u64: KVM_SREGS2_FLAGS_*. */
export const KVM_SREGS2_FLAGS: u32 = 0x118;
/** u64[4]. */
export const KVM_SREGS2_PDPTRS: u32 = 0x120;
/** Size of the structure. */
export const KVM_SREGS2_BYTES: u32 = 0x140;

// KvmSregs2.flags

export const KVM_SREGS2_FLAGS_PDPTRS_VALID: u32 = 0x1;

// Argument of KVM_TPR_ACCESS_REPORTING

/** u32. */
export const KVM_TPR_ACCESS_CTL_ENABLED: u32 = 0x0;
/** u32. */
export const KVM_TPR_ACCESS_CTL_FLAGS: u32 = 0x4;
/** u32[8]. */
export const KVM_TPR_ACCESS_CTL_RESERVED: u32 = 0x8;
/** Size of the structure. */
export const KVM_TPR_ACCESS_CTL_BYTES: u32 = 0x28;

// Argument of KVM_TRANSLATE

/** u64: In. */
export const KVM_TRANSLATION_LINEAR_ADDRESS: u32 = 0x0;
/** u64: Out: guest physical. */
export const KVM_TRANSLATION_PHYSICAL_ADDRESS: u32 = 0x8;
/** u8. */
export const KVM_TRANSLATION_VALID: u32 = 0x10;
/** u8. */
export const KVM_TRANSLATION_WRITEABLE: u32 = 0x11;
/** u8. */
export const KVM_TRANSLATION_USERMODE: u32 = 0x12;
/** u8[5]. */
export const KVM_TRANSLATION_PADDING: u32 = 0x13;
/** Size of the structure. */
export const KVM_TRANSLATION_BYTES: u32 = 0x18;

// KvmVcpuEvents.flags, and interruptShadow

export const KVM_VCPUEVENT_VALID_NMI_PENDING: u32 = 0x1;
export const KVM_VCPUEVENT_VALID_SIPI_VECTOR: u32 = 0x2;
export const KVM_VCPUEVENT_VALID_SHADOW: u32 = 0x4;
export const KVM_VCPUEVENT_VALID_SMM: u32 = 0x8;
export const KVM_VCPUEVENT_VALID_PAYLOAD: u32 = 0x10;
export const KVM_VCPUEVENT_VALID_TRIPLE_FAULT: u32 = 0x20;
export const KVM_X86_SHADOW_INT_MOV_SS: u32 = 0x1;
export const KVM_X86_SHADOW_INT_STI: u32 = 0x2;

// Argument of KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS

/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_INJECTED: u32 = 0x0;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_NR: u32 = 0x1;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE: u32 = 0x2;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_PENDING: u32 = 0x3;
/** u32. */
export const KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE: u32 = 0x4;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_INJECTED: u32 = 0x8;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_NR: u32 = 0x9;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_SOFT: u32 = 0xa;
/** u8: KVM_X86_SHADOW_INT_*. */
export const KVM_VCPU_EVENTS_INTERRUPT_SHADOW: u32 = 0xb;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_INJECTED: u32 = 0xc;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_PENDING: u32 = 0xd;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_MASKED: u32 = 0xe;
/** u8. */
export const KVM_VCPU_EVENTS_PADDING_NMI: u32 = 0xf;
/** u32. */
export const KVM_VCPU_EVENTS_SIPI_VECTOR: u32 = 0x10;
/** u32: KVM_VCPUEVENT_VALID_*. */
export const KVM_VCPU_EVENTS_FLAGS: u32 = 0x14;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_SMM: u32 = 0x18;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_PENDING: u32 = 0x19;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_SMM_INSIDE_NMI: u32 = 0x1a;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_LATCHED_INIT: u32 = 0x1b;
/** u8. */
export const KVM_VCPU_EVENTS_TRIPLE_FAULT_PENDING: u32 = 0x1c;
/** u8[26]. */
export const KVM_VCPU_EVENTS_RESERVED: u32 = 0x1d;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_HAS_PAYLOAD: u32 = 0x37;
/** u64. */
export const KVM_VCPU_EVENTS_EXCEPTION_PAYLOAD: u32 = 0x38;
/** Size of the structure. */
export const KVM_VCPU_EVENTS_BYTES: u32 = 0x40;

// Argument of KVM_X86_SET_MCE

/** u64. */
export const KVM_X86_MCE_STATUS: u32 = 0x0;
/** u64. */
export const KVM_X86_MCE_ADDR: u32 = 0x8;
/** u64. */
export const KVM_X86_MCE_MISC: u32 = 0x10;
/** u64. */
export const KVM_X86_MCE_MCG_STATUS: u32 = 0x18;
/** u8. */
export const KVM_X86_MCE_BANK: u32 = 0x20;
/** u8[7]. */
export const KVM_X86_MCE_PADDING1: u32 = 0x21;
/** u64[3]. */
export const KVM_X86_MCE_PADDING2: u32 = 0x28;
/** Size of the structure. */
export const KVM_X86_MCE_BYTES: u32 = 0x40;

// An extended control register in KvmXcrs

/** u32: Its number. */
export const KVM_XCR_XCR: u32 = 0x0;
/** u32. */
export const KVM_XCR_RESERVED: u32 = 0x4;
/** u64. */
export const KVM_XCR_VALUE: u32 = 0x8;
/** Size of the structure. */
export const KVM_XCR_BYTES: u32 = 0x10;

// Argument of KVM_GET_XCRS, KVM_SET_XCRS

/** u32: How many of the sixteen are there. */
export const KVM_XCRS_NR_XCRS: u32 = 0x0;
/** u32. */
export const KVM_XCRS_FLAGS: u32 = 0x4;
/** u64[32]: KvmXcr of each. */
export const KVM_XCRS_XCRS: u32 = 0x8;
/** u64[16]. */
export const KVM_XCRS_PADDING: u32 = 0x108;
/** Size of the structure. */
export const KVM_XCRS_BYTES: u32 = 0x188;

// Argument of KVM_GET_XSAVE, KVM_SET_XSAVE

/** u32[1024]: The XSAVE area, not compacted. */
export const KVM_XSAVE_REGION: u32 = 0x0;
/** Size of the structure. */
export const KVM_XSAVE_BYTES: u32 = 0x1000;

// KvmRun.exitReason

/** KvmRunHw. */
export const KVM_EXIT_UNKNOWN: u32 = 0x0;
/** KvmRunEx. */
export const KVM_EXIT_EXCEPTION: u32 = 0x1;
/** KvmRunIo. */
export const KVM_EXIT_IO: u32 = 0x2;
/** KvmRunHypercall. */
export const KVM_EXIT_HYPERCALL: u32 = 0x3;
/** KvmRunDebug. */
export const KVM_EXIT_DEBUG: u32 = 0x4;
export const KVM_EXIT_HLT: u32 = 0x5;
/** KvmRunMmio. */
export const KVM_EXIT_MMIO: u32 = 0x6;
export const KVM_EXIT_IRQ_WINDOW_OPEN: u32 = 0x7;
/** A triple fault. */
export const KVM_EXIT_SHUTDOWN: u32 = 0x8;
/** KvmRunFailEntry. */
export const KVM_EXIT_FAIL_ENTRY: u32 = 0x9;
/** A signal; KVM_RUN failed with EINTR. */
export const KVM_EXIT_INTR: u32 = 0xa;
export const KVM_EXIT_SET_TPR: u32 = 0xb;
/** KvmRunTprAccess. */
export const KVM_EXIT_TPR_ACCESS: u32 = 0xc;
export const KVM_EXIT_NMI: u32 = 0x10;
/** KvmRunInternal. */
export const KVM_EXIT_INTERNAL_ERROR: u32 = 0x11;
export const KVM_EXIT_WATCHDOG: u32 = 0x15;
/** KvmRunSystemEvent. */
export const KVM_EXIT_SYSTEM_EVENT: u32 = 0x18;
/** KvmRunEoi. */
export const KVM_EXIT_IOAPIC_EOI: u32 = 0x1a;
export const KVM_EXIT_HYPERV: u32 = 0x1b;
/** KvmRunMsr. */
export const KVM_EXIT_X86_RDMSR: u32 = 0x1d;
/** KvmRunMsr. */
export const KVM_EXIT_X86_WRMSR: u32 = 0x1e;
export const KVM_EXIT_DIRTY_RING_FULL: u32 = 0x1f;
export const KVM_EXIT_AP_RESET_HOLD: u32 = 0x20;
export const KVM_EXIT_X86_BUS_LOCK: u32 = 0x21;
export const KVM_EXIT_XEN: u32 = 0x22;
/** KvmRunNotify. */
export const KVM_EXIT_NOTIFY: u32 = 0x25;

// KvmRunInternal.suberror

export const KVM_INTERNAL_ERROR_EMULATION: u32 = 0x1;
export const KVM_INTERNAL_ERROR_SIMUL_EX: u32 = 0x2;
export const KVM_INTERNAL_ERROR_DELIVERY_EV: u32 = 0x3;
export const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON: u32 = 0x4;
/** In data[0]: the instruction's bytes are there. */
export const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES: u32 = 0x1;

// KvmRunIo.direction

export const KVM_EXIT_IO_IN: u32 = 0x0;
export const KVM_EXIT_IO_OUT: u32 = 0x1;

// KvmRunMsr.reason

export const KVM_MSR_EXIT_REASON_INVAL: u32 = 0x1;
export const KVM_MSR_EXIT_REASON_UNKNOWN: u32 = 0x2;
export const KVM_MSR_EXIT_REASON_FILTER: u32 = 0x4;

// The first page of a virtual processor's mapping

/** u8: In: exit when an interrupt can be injected. */
export const KVM_RUN_REQUEST_INTERRUPT_WINDOW: u32 = 0x0;
/** u8: In: KVM_RUN ends with EINTR at once, when what is pending has been completed. */
export const KVM_RUN_IMMEDIATE_EXIT: u32 = 0x1;
/** u8[6]. */
export const KVM_RUN_PADDING1: u32 = 0x2;
/** u32: KVM_EXIT_*. */
export const KVM_RUN_EXIT_REASON: u32 = 0x8;
/** u8: KVM_INTERRUPT would be accepted now. */
export const KVM_RUN_READY_FOR_INTERRUPT_INJECTION: u32 = 0xc;
/** u8: RFLAGS.IF. */
export const KVM_RUN_IF_FLAG: u32 = 0xd;
/** u16: KVM_RUN_X86_*. */
export const KVM_RUN_FLAGS: u32 = 0xe;
/** u64: In and out, without an interrupt controller in the kernel. */
export const KVM_RUN_CR8: u32 = 0x10;
/** u64. */
export const KVM_RUN_APIC_BASE: u32 = 0x18;
/** u64[32]: Depends on the reason: KvmRunIo, KvmRunMmio and so on describe it. */
export const KVM_RUN_EXIT: u32 = 0x20;
/** u64: In: KVM_SYNC_X86_* to store at each exit. */
export const KVM_RUN_KVM_VALID_REGS: u32 = 0x120;
/** u64: In: KVM_SYNC_X86_* to load from there. */
export const KVM_RUN_KVM_DIRTY_REGS: u32 = 0x128;
/** u8[144]: s.regs.regs: KvmRegs. */
export const KVM_RUN_REGS: u32 = 0x130;
/** u8[312]: s.regs.sregs: KvmSregs. */
export const KVM_RUN_SREGS: u32 = 0x1c0;
/** u8[64]: s.regs.events: KvmVcpuEvents. */
export const KVM_RUN_EVENTS: u32 = 0x2f8;
/** u8[1528]. */
export const KVM_RUN_PADDING: u32 = 0x338;
/** Size of the structure. */
export const KVM_RUN_BYTES: u32 = 0x930;

// KvmRun of an exit KVM_EXIT_DEBUG

/** u64[4]: As KvmRun. */
export const KVM_RUN_DEBUG_HEADER: u32 = 0x0;
/** u32. */
export const KVM_RUN_DEBUG_EXCEPTION: u32 = 0x20;
/** u32. */
export const KVM_RUN_DEBUG_PADDING: u32 = 0x24;
/** u64. */
export const KVM_RUN_DEBUG_PC: u32 = 0x28;
/** u64. */
export const KVM_RUN_DEBUG_DR6: u32 = 0x30;
/** u64. */
export const KVM_RUN_DEBUG_DR7: u32 = 0x38;
/** Size of the structure. */
export const KVM_RUN_DEBUG_BYTES: u32 = 0x40;

// KvmRun of an exit KVM_EXIT_IOAPIC_EOI

/** u64[4]: As KvmRun. */
export const KVM_RUN_EOI_HEADER: u32 = 0x0;
/** u8. */
export const KVM_RUN_EOI_VECTOR: u32 = 0x20;
/** u8[7]. */
export const KVM_RUN_EOI_PADDING: u32 = 0x21;
/** Size of the structure. */
export const KVM_RUN_EOI_BYTES: u32 = 0x28;

// KvmRun of an exit KVM_EXIT_EXCEPTION

/** u64[4]: As KvmRun. */
export const KVM_RUN_EX_HEADER: u32 = 0x0;
/** u32. */
export const KVM_RUN_EX_EXCEPTION: u32 = 0x20;
/** u32. */
export const KVM_RUN_EX_ERROR_CODE: u32 = 0x24;
/** Size of the structure. */
export const KVM_RUN_EX_BYTES: u32 = 0x28;

// KvmRun of an exit KVM_EXIT_FAIL_ENTRY

/** u64[4]: As KvmRun. */
export const KVM_RUN_FAIL_ENTRY_HEADER: u32 = 0x0;
/** u64: Why the processor does not enter the guest. */
export const KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON: u32 = 0x20;
/** u32: The processor that it was. */
export const KVM_RUN_FAIL_ENTRY_CPU: u32 = 0x28;
/** u32. */
export const KVM_RUN_FAIL_ENTRY_PADDING: u32 = 0x2c;
/** Size of the structure. */
export const KVM_RUN_FAIL_ENTRY_BYTES: u32 = 0x30;

// KvmRun.flags

export const KVM_RUN_X86_SMM: u32 = 0x1;
export const KVM_RUN_X86_BUS_LOCK: u32 = 0x2;

// KvmRun of an exit KVM_EXIT_UNKNOWN

/** u64[4]: As KvmRun. */
export const KVM_RUN_HW_HEADER: u32 = 0x0;
/** u64: What the processor said. */
export const KVM_RUN_HW_HARDWARE_EXIT_REASON: u32 = 0x20;
/** Size of the structure. */
export const KVM_RUN_HW_BYTES: u32 = 0x28;

// KvmRun of an exit KVM_EXIT_HYPERCALL

/** u64[4]: As KvmRun. */
export const KVM_RUN_HYPERCALL_HEADER: u32 = 0x0;
/** u64. */
export const KVM_RUN_HYPERCALL_NR: u32 = 0x20;
/** u64[6]. */
export const KVM_RUN_HYPERCALL_ARGS: u32 = 0x28;
/** u64: Goes into RAX at the next KVM_RUN. */
export const KVM_RUN_HYPERCALL_RET: u32 = 0x58;
/** u32. */
export const KVM_RUN_HYPERCALL_LONGMODE: u32 = 0x60;
/** u32. */
export const KVM_RUN_HYPERCALL_PADDING: u32 = 0x64;
/** Size of the structure. */
export const KVM_RUN_HYPERCALL_BYTES: u32 = 0x68;

// KvmRun of an exit KVM_EXIT_INTERNAL_ERROR

/** u64[4]: As KvmRun. */
export const KVM_RUN_INTERNAL_HEADER: u32 = 0x0;
/** u32: KVM_INTERNAL_ERROR_*. */
export const KVM_RUN_INTERNAL_SUBERROR: u32 = 0x20;
/** u32: How many words of data there are. */
export const KVM_RUN_INTERNAL_NDATA: u32 = 0x24;
/** u64[16]: Of an emulation failure: flags; length of the instruction in bits 7:0 of the next, its bytes behind. */
export const KVM_RUN_INTERNAL_DATA: u32 = 0x28;
/** Size of the structure. */
export const KVM_RUN_INTERNAL_BYTES: u32 = 0xa8;

// KvmRun of an exit KVM_EXIT_IO

/** u64[4]: As KvmRun. */
export const KVM_RUN_IO_HEADER: u32 = 0x0;
/** u8: KVM_EXIT_IO_IN, KVM_EXIT_IO_OUT. */
export const KVM_RUN_IO_DIRECTION: u32 = 0x20;
/** u8: Bytes of one access: 1, 2, 4. */
export const KVM_RUN_IO_SIZE: u32 = 0x21;
/** u16. */
export const KVM_RUN_IO_PORT: u32 = 0x22;
/** u32: More than 1: INS or OUTS. */
export const KVM_RUN_IO_COUNT: u32 = 0x24;
/** u64: Where the data is, from KvmRun's beginning; of an IN it goes there before the next KVM_RUN. */
export const KVM_RUN_IO_DATA_OFFSET: u32 = 0x28;
/** Size of the structure. */
export const KVM_RUN_IO_BYTES: u32 = 0x30;

// KvmRun of an exit KVM_EXIT_MMIO

/** u64[4]: As KvmRun. */
export const KVM_RUN_MMIO_HEADER: u32 = 0x0;
/** u64. */
export const KVM_RUN_MMIO_PHYS_ADDR: u32 = 0x20;
/** u8[8]: Of a read it goes there before the next KVM_RUN. */
export const KVM_RUN_MMIO_DATA: u32 = 0x28;
/** u32. */
export const KVM_RUN_MMIO_LEN: u32 = 0x30;
/** u8. */
export const KVM_RUN_MMIO_IS_WRITE: u32 = 0x34;
/** u8[3]. */
export const KVM_RUN_MMIO_PADDING: u32 = 0x35;
/** Size of the structure. */
export const KVM_RUN_MMIO_BYTES: u32 = 0x38;

// KvmRun of an exit KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR

/** u64[4]: As KvmRun. */
export const KVM_RUN_MSR_HEADER: u32 = 0x0;
/** u8: In: 1 makes the instruction fault. */
export const KVM_RUN_MSR_ERROR: u32 = 0x20;
/** u8[7]. */
export const KVM_RUN_MSR_PADDING: u32 = 0x21;
/** u32: KVM_MSR_EXIT_REASON_*. */
export const KVM_RUN_MSR_REASON: u32 = 0x28;
/** u32. */
export const KVM_RUN_MSR_INDEX: u32 = 0x2c;
/** u64. */
export const KVM_RUN_MSR_DATA: u32 = 0x30;
/** Size of the structure. */
export const KVM_RUN_MSR_BYTES: u32 = 0x38;

// KvmRun of an exit KVM_EXIT_NOTIFY

/** u64[4]: As KvmRun. */
export const KVM_RUN_NOTIFY_HEADER: u32 = 0x0;
/** u32. */
export const KVM_RUN_NOTIFY_FLAGS: u32 = 0x20;
/** u32. */
export const KVM_RUN_NOTIFY_PADDING: u32 = 0x24;
/** Size of the structure. */
export const KVM_RUN_NOTIFY_BYTES: u32 = 0x28;

// Pages of a virtual processor's mapping

/** Data of port accesses. */
export const KVM_PIO_PAGE_OFFSET: u32 = 0x1;
/** The ring of coalesced accesses, where there is one. */
export const KVM_COALESCED_MMIO_PAGE_OFFSET: u32 = 0x2;
export const KVM_PAGE_BYTES: u32 = 0x1000;

// KvmRun of an exit KVM_EXIT_SYSTEM_EVENT

/** u64[4]: As KvmRun. */
export const KVM_RUN_SYSTEM_EVENT_HEADER: u32 = 0x0;
/** u32: KVM_SYSTEM_EVENT_*. */
export const KVM_RUN_SYSTEM_EVENT_EVENT_TYPE: u32 = 0x20;
/** u32. */
export const KVM_RUN_SYSTEM_EVENT_NDATA: u32 = 0x24;
/** u64[16]. */
export const KVM_RUN_SYSTEM_EVENT_DATA: u32 = 0x28;
/** Size of the structure. */
export const KVM_RUN_SYSTEM_EVENT_BYTES: u32 = 0xa8;

// KvmRun of an exit KVM_EXIT_TPR_ACCESS

/** u64[4]: As KvmRun. */
export const KVM_RUN_TPR_ACCESS_HEADER: u32 = 0x0;
/** u64. */
export const KVM_RUN_TPR_ACCESS_RIP: u32 = 0x20;
/** u32. */
export const KVM_RUN_TPR_ACCESS_IS_WRITE: u32 = 0x28;
/** u32. */
export const KVM_RUN_TPR_ACCESS_PADDING: u32 = 0x2c;
/** Size of the structure. */
export const KVM_RUN_TPR_ACCESS_BYTES: u32 = 0x30;

// KvmRun.kvmValidRegs, kvmDirtyRegs

export const KVM_SYNC_X86_REGS: u32 = 0x1;
export const KVM_SYNC_X86_SREGS: u32 = 0x2;
export const KVM_SYNC_X86_EVENTS: u32 = 0x4;

// KvmRunSystemEvent.eventType

export const KVM_SYSTEM_EVENT_SHUTDOWN: u32 = 0x1;
export const KVM_SYSTEM_EVENT_RESET: u32 = 0x2;
export const KVM_SYSTEM_EVENT_CRASH: u32 = 0x3;
