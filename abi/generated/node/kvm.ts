// Generated from abi/src by `bf build abi`. Do not edit.

// ioctl numbers of several files of KVM

/** A virtual machine's, a virtual processor's. */
export const KVM_ENABLE_CAP = 0x4068aea3;
/** A virtual machine's, a virtual processor's. */
export const KVM_GET_STATS_FD = 0xaece;
export const KVM_SET_DEVICE_ATTR = 0x4018aee1;
export const KVM_GET_DEVICE_ATTR = 0x4018aee2;
export const KVM_HAS_DEVICE_ATTR = 0x4018aee3;

// ioctl numbers of /dev/kvm

export const KVM_GET_API_VERSION = 0xae00;
/** Argument: the type, 0. Returns a file. */
export const KVM_CREATE_VM = 0xae01;
export const KVM_GET_MSR_INDEX_LIST = 0xc004ae02;
/** Argument: KVM_CAP_*. Of a virtual machine's file, too. */
export const KVM_CHECK_EXTENSION = 0xae03;
export const KVM_GET_VCPU_MMAP_SIZE = 0xae04;
export const KVM_GET_SUPPORTED_CPUID = 0xc008ae05;
export const KVM_GET_EMULATED_CPUID = 0xc008ae09;
export const KVM_GET_MSR_FEATURE_INDEX_LIST = 0xc004ae0a;
export const KVM_X86_GET_MCE_CAP_SUPPORTED = 0x8008ae9d;

// ioctl numbers of a virtual processor's file

export const KVM_RUN = 0xae80;
export const KVM_GET_REGS = 0x8090ae81;
export const KVM_SET_REGS = 0x4090ae82;
export const KVM_GET_SREGS = 0x8138ae83;
export const KVM_SET_SREGS = 0x4138ae84;
export const KVM_TRANSLATE = 0xc018ae85;
export const KVM_INTERRUPT = 0x4004ae86;
/** Of the system's file, too: MSRs that describe features. */
export const KVM_GET_MSRS = 0xc008ae88;
export const KVM_SET_MSRS = 0x4008ae89;
export const KVM_SET_SIGNAL_MASK = 0x4004ae8b;
export const KVM_GET_FPU = 0x81a0ae8c;
export const KVM_SET_FPU = 0x41a0ae8d;
export const KVM_GET_LAPIC = 0x8400ae8e;
export const KVM_SET_LAPIC = 0x4400ae8f;
export const KVM_SET_CPUID2 = 0x4008ae90;
export const KVM_GET_CPUID2 = 0xc008ae91;
export const KVM_TPR_ACCESS_REPORTING = 0xc028ae92;
export const KVM_SET_VAPIC_ADDR = 0x4008ae93;
export const KVM_GET_MP_STATE = 0x8004ae98;
export const KVM_SET_MP_STATE = 0x4004ae99;
export const KVM_NMI = 0xae9a;
export const KVM_SET_GUEST_DEBUG = 0x4048ae9b;
export const KVM_X86_SETUP_MCE = 0x4008ae9c;
export const KVM_X86_SET_MCE = 0x4040ae9e;
export const KVM_GET_VCPU_EVENTS = 0x8040ae9f;
export const KVM_SET_VCPU_EVENTS = 0x4040aea0;
export const KVM_GET_DEBUGREGS = 0x8080aea1;
export const KVM_SET_DEBUGREGS = 0x4080aea2;
export const KVM_SET_TSC_KHZ = 0xaea2;
export const KVM_GET_TSC_KHZ = 0xaea3;
export const KVM_GET_XSAVE = 0x9000aea4;
export const KVM_SET_XSAVE = 0x5000aea5;
export const KVM_GET_XCRS = 0x8188aea6;
export const KVM_SET_XCRS = 0x4188aea7;
export const KVM_KVMCLOCK_CTRL = 0xaead;
export const KVM_SMI = 0xaeb7;
export const KVM_GET_SREGS2 = 0x8140aecc;
export const KVM_SET_SREGS2 = 0x4140aecd;
export const KVM_GET_XSAVE2 = 0x9000aecf;

// Version of the KVM API

export const KVM_API_VERSION = 0xc;

// ioctl numbers of a virtual machine's file

/** Argument: its number. Returns a file. */
export const KVM_CREATE_VCPU = 0xae41;
export const KVM_GET_DIRTY_LOG = 0x4010ae42;
export const KVM_SET_NR_MMU_PAGES = 0xae44;
export const KVM_GET_NR_MMU_PAGES = 0xae45;
export const KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
/** Argument: a guest physical address, three pages of which nobody uses. */
export const KVM_SET_TSS_ADDR = 0xae47;
export const KVM_SET_IDENTITY_MAP_ADDR = 0x4008ae48;
export const KVM_CREATE_IRQCHIP = 0xae60;
export const KVM_IRQ_LINE = 0x4008ae61;
export const KVM_GET_IRQCHIP = 0xc208ae62;
export const KVM_SET_IRQCHIP = 0x8208ae63;
export const KVM_CREATE_PIT = 0xae64;
export const KVM_GET_PIT = 0xc048ae65;
export const KVM_SET_PIT = 0x8048ae66;
export const KVM_IRQ_LINE_STATUS = 0xc008ae67;
export const KVM_REGISTER_COALESCED_MMIO = 0x4010ae67;
export const KVM_UNREGISTER_COALESCED_MMIO = 0x4010ae68;
export const KVM_SET_GSI_ROUTING = 0x4008ae6a;
export const KVM_REINJECT_CONTROL = 0xae71;
export const KVM_IRQFD = 0x4020ae76;
export const KVM_CREATE_PIT2 = 0x4040ae77;
export const KVM_SET_BOOT_CPU_ID = 0xae78;
export const KVM_IOEVENTFD = 0x4040ae79;
export const KVM_SET_CLOCK = 0x4030ae7b;
export const KVM_GET_CLOCK = 0x8030ae7c;
export const KVM_GET_PIT2 = 0x8070ae9f;
export const KVM_SET_PIT2 = 0x4070aea0;
export const KVM_SIGNAL_MSI = 0x4020aea5;
export const KVM_CLEAR_DIRTY_LOG = 0xc018aec0;
export const KVM_X86_SET_MSR_FILTER = 0x4188aec6;
export const KVM_RESET_DIRTY_RINGS = 0xaec7;

// Errors of Linux that the KVM API ends with (asm-generic/errno-base.h, errno.h)

export const ERRNO_EPERM = 0x1;
export const ERRNO_ENOENT = 0x2;
export const ERRNO_EINTR = 0x4;
export const ERRNO_EIO = 0x5;
export const ERRNO_ENXIO = 0x6;
export const ERRNO_E2BIG = 0x7;
export const ERRNO_EBADF = 0x9;
export const ERRNO_EAGAIN = 0xb;
export const ERRNO_ENOMEM = 0xc;
export const ERRNO_EACCES = 0xd;
export const ERRNO_EFAULT = 0xe;
export const ERRNO_EBUSY = 0x10;
export const ERRNO_EEXIST = 0x11;
export const ERRNO_ENODEV = 0x13;
export const ERRNO_EINVAL = 0x16;
export const ERRNO_EMFILE = 0x18;
export const ERRNO_ENOTTY = 0x19;
export const ERRNO_ENOSPC = 0x1c;
export const ERRNO_ENOSYS = 0x26;
export const ERRNO_EOPNOTSUPP = 0x5f;

// Capabilities of KVM on x86

export const KVM_CAP_IRQCHIP = 0x0;
export const KVM_CAP_HLT = 0x1;
export const KVM_CAP_MMU_SHADOW_CACHE_CONTROL = 0x2;
export const KVM_CAP_USER_MEMORY = 0x3;
export const KVM_CAP_SET_TSS_ADDR = 0x4;
export const KVM_CAP_VAPIC = 0x6;
export const KVM_CAP_EXT_CPUID = 0x7;
export const KVM_CAP_CLOCKSOURCE = 0x8;
/** How many are recommended. */
export const KVM_CAP_NR_VCPUS = 0x9;
/** How many slots there are. */
export const KVM_CAP_NR_MEMSLOTS = 0xa;
export const KVM_CAP_PIT = 0xb;
export const KVM_CAP_NOP_IO_DELAY = 0xc;
export const KVM_CAP_PV_MMU = 0xd;
export const KVM_CAP_MP_STATE = 0xe;
/** The page of the ring in a virtual processor's mapping. */
export const KVM_CAP_COALESCED_MMIO = 0xf;
/** What changes in the user's mapping changes in the guest. */
export const KVM_CAP_SYNC_MMU = 0x10;
export const KVM_CAP_DESTROY_MEMORY_REGION_WORKS = 0x15;
export const KVM_CAP_USER_NMI = 0x16;
export const KVM_CAP_SET_GUEST_DEBUG = 0x17;
export const KVM_CAP_REINJECT_CONTROL = 0x18;
/** How many routes there are. */
export const KVM_CAP_IRQ_ROUTING = 0x19;
export const KVM_CAP_IRQ_INJECT_STATUS = 0x1a;
export const KVM_CAP_JOIN_MEMORY_REGIONS_WORKS = 0x1e;
/** How many banks there are. */
export const KVM_CAP_MCE = 0x1f;
export const KVM_CAP_IRQFD = 0x20;
export const KVM_CAP_PIT2 = 0x21;
export const KVM_CAP_SET_BOOT_CPU_ID = 0x22;
export const KVM_CAP_PIT_STATE2 = 0x23;
export const KVM_CAP_IOEVENTFD = 0x24;
export const KVM_CAP_SET_IDENTITY_MAP_ADDR = 0x25;
export const KVM_CAP_XEN_HVM = 0x26;
/** KVM_CLOCK_*. */
export const KVM_CAP_ADJUST_CLOCK = 0x27;
export const KVM_CAP_INTERNAL_ERROR_DATA = 0x28;
export const KVM_CAP_VCPU_EVENTS = 0x29;
export const KVM_CAP_HYPERV = 0x2c;
export const KVM_CAP_HYPERV_VAPIC = 0x2d;
export const KVM_CAP_HYPERV_SPIN = 0x2e;
export const KVM_CAP_PCI_SEGMENT = 0x2f;
export const KVM_CAP_INTR_SHADOW = 0x31;
export const KVM_CAP_DEBUGREGS = 0x32;
export const KVM_CAP_X86_ROBUST_SINGLESTEP = 0x33;
export const KVM_CAP_ENABLE_CAP = 0x36;
export const KVM_CAP_XSAVE = 0x37;
export const KVM_CAP_XCRS = 0x38;
export const KVM_CAP_ASYNC_PF = 0x3b;
export const KVM_CAP_TSC_CONTROL = 0x3c;
export const KVM_CAP_GET_TSC_KHZ = 0x3d;
export const KVM_CAP_MAX_VCPUS = 0x42;
export const KVM_CAP_TSC_DEADLINE_TIMER = 0x48;
/** KVM_SYNC_X86_*. */
export const KVM_CAP_SYNC_REGS = 0x4a;
export const KVM_CAP_PCI_2_3 = 0x4b;
export const KVM_CAP_KVMCLOCK_CTRL = 0x4c;
export const KVM_CAP_SIGNAL_MSI = 0x4d;
export const KVM_CAP_READONLY_MEM = 0x51;
export const KVM_CAP_IRQFD_RESAMPLE = 0x52;
export const KVM_CAP_EXT_EMUL_CPUID = 0x5f;
export const KVM_CAP_HYPERV_TIME = 0x60;
export const KVM_CAP_IOAPIC_POLARITY_IGNORED = 0x61;
export const KVM_CAP_ENABLE_CAP_VM = 0x62;
export const KVM_CAP_IOEVENTFD_NO_LENGTH = 0x64;
export const KVM_CAP_VM_ATTRIBUTES = 0x65;
/** KVM_CHECK_EXTENSION is for a virtual machine's file, too. */
export const KVM_CAP_CHECK_EXTENSION_VM = 0x69;
export const KVM_CAP_DISABLE_QUIRKS = 0x74;
export const KVM_CAP_X86_SMM = 0x75;
export const KVM_CAP_MULTI_ADDRESS_SPACE = 0x76;
export const KVM_CAP_SPLIT_IRQCHIP = 0x79;
export const KVM_CAP_IOEVENTFD_ANY_LENGTH = 0x7a;
export const KVM_CAP_HYPERV_SYNIC = 0x7b;
export const KVM_CAP_MAX_VCPU_ID = 0x80;
export const KVM_CAP_X2APIC_API = 0x81;
export const KVM_CAP_IMMEDIATE_EXIT = 0x88;
export const KVM_CAP_X86_DISABLE_EXITS = 0x8f;
export const KVM_CAP_HYPERV_SYNIC2 = 0x94;
export const KVM_CAP_HYPERV_VP_INDEX = 0x95;
export const KVM_CAP_GET_MSR_FEATURES = 0x99;
export const KVM_CAP_HYPERV_EVENTFD = 0x9a;
export const KVM_CAP_NESTED_STATE = 0x9d;
export const KVM_CAP_MSR_PLATFORM_INFO = 0x9f;
export const KVM_CAP_COALESCED_PIO = 0xa2;
export const KVM_CAP_EXCEPTION_PAYLOAD = 0xa4;
export const KVM_CAP_HYPERV_CPUID = 0xa7;
export const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 = 0xa8;
export const KVM_CAP_PMU_EVENT_FILTER = 0xad;
export const KVM_CAP_HALT_POLL = 0xb6;
export const KVM_CAP_ASYNC_PF_INT = 0xb7;
export const KVM_CAP_STEAL_TIME = 0xbb;
export const KVM_CAP_X86_USER_SPACE_MSR = 0xbc;
export const KVM_CAP_X86_MSR_FILTER = 0xbd;
export const KVM_CAP_ENFORCE_PV_FEATURE_CPUID = 0xbe;
export const KVM_CAP_DIRTY_LOG_RING = 0xc0;
export const KVM_CAP_X86_BUS_LOCK_EXIT = 0xc1;
export const KVM_CAP_SET_GUEST_DEBUG2 = 0xc3;
export const KVM_CAP_SREGS2 = 0xc8;
export const KVM_CAP_EXIT_HYPERCALL = 0xc9;
export const KVM_CAP_BINARY_STATS_FD = 0xcb;
export const KVM_CAP_EXIT_ON_EMULATION_FAILURE = 0xcc;
export const KVM_CAP_VM_GPA_BITS = 0xcf;
export const KVM_CAP_XSAVE2 = 0xd0;
export const KVM_CAP_SYS_ATTRIBUTES = 0xd1;
/** KVM_X86_QUIRK_* that can be disabled. */
export const KVM_CAP_DISABLE_QUIRKS2 = 0xd5;
export const KVM_CAP_VM_TSC_CONTROL = 0xd6;
export const KVM_CAP_SYSTEM_EVENT_DATA = 0xd7;
export const KVM_CAP_X86_TRIPLE_FAULT_EVENT = 0xda;
export const KVM_CAP_X86_NOTIFY_VMEXIT = 0xdb;

// KVM_CAP_DISABLE_QUIRKS2: what KVM does against the manuals unless it is told not to

export const KVM_X86_QUIRK_LINT0_REENABLED = 0x1;
export const KVM_X86_QUIRK_CD_NW_CLEARED = 0x2;
export const KVM_X86_QUIRK_LAPIC_MMIO_HOLE = 0x4;
export const KVM_X86_QUIRK_OUT_7E_INC_RIP = 0x8;
/** CPUID has MONITOR and MWAIT as the user gave it, whatever MISC_ENABLE says. */
export const KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT = 0x10;
export const KVM_X86_QUIRK_FIX_HYPERCALL_INSN = 0x20;
/** MONITOR and MWAIT do nothing where CPUID has them not, instead of #UD. */
export const KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS = 0x40;

// Argument of KVM_CLEAR_DIRTY_LOG

/** u32. */
export const KVM_CLEAR_DIRTY_LOG_SLOT = 0x0;
/** u32. */
export const KVM_CLEAR_DIRTY_LOG_NUM_PAGES = 0x4;
/** u64. */
export const KVM_CLEAR_DIRTY_LOG_FIRST_PAGE = 0x8;
/** u64. */
export const KVM_CLEAR_DIRTY_LOG_DIRTY_BITMAP = 0x10;
/** Size of the structure. */
export const KVM_CLEAR_DIRTY_LOG_BYTES = 0x18;

// Argument of KVM_GET_CLOCK, KVM_SET_CLOCK

/** u64: Nanoseconds. */
export const KVM_CLOCK_DATA_CLOCK = 0x0;
/** u32: KVM_CLOCK_*. */
export const KVM_CLOCK_DATA_FLAGS = 0x8;
/** u32. */
export const KVM_CLOCK_DATA_PADDING0 = 0xc;
/** u64. */
export const KVM_CLOCK_DATA_REALTIME = 0x10;
/** u64. */
export const KVM_CLOCK_DATA_HOST_TSC = 0x18;
/** u32[4]. */
export const KVM_CLOCK_DATA_PADDING = 0x20;
/** Size of the structure. */
export const KVM_CLOCK_DATA_BYTES = 0x30;

// KvmClockData.flags

export const KVM_CLOCK_TSC_STABLE = 0x2;
export const KVM_CLOCK_REALTIME = 0x4;
export const KVM_CLOCK_HOST_TSC = 0x8;

// A write in KvmCoalescedMmioRing

/** u64. */
export const KVM_COALESCED_MMIO_PHYS_ADDR = 0x0;
/** u32: Bytes of it, 1 to 8. */
export const KVM_COALESCED_MMIO_LEN = 0x8;
/** u32: 1: to a port. */
export const KVM_COALESCED_MMIO_PIO = 0xc;
/** u8[8]. */
export const KVM_COALESCED_MMIO_DATA = 0x10;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_BYTES = 0x18;

// The ring of coalesced writes: as many KvmCoalescedMmio follow as the page has room for

/** u32: The first that the user has not carried out: the user's. */
export const KVM_COALESCED_MMIO_RING_FIRST = 0x0;
/** u32: Behind the last one: the kernel's. */
export const KVM_COALESCED_MMIO_RING_LAST = 0x4;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_RING_BYTES = 0x8;

// Argument of KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO

/** u64. */
export const KVM_COALESCED_MMIO_ZONE_ADDR = 0x0;
/** u32. */
export const KVM_COALESCED_MMIO_ZONE_SIZE = 0x8;
/** u32: 1: ports. */
export const KVM_COALESCED_MMIO_ZONE_PIO = 0xc;
/** Size of the structure. */
export const KVM_COALESCED_MMIO_ZONE_BYTES = 0x10;

// Argument of KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR

/** u32. */
export const KVM_DEVICE_ATTR_FLAGS = 0x0;
/** u32. */
export const KVM_DEVICE_ATTR_GROUP = 0x4;
/** u64. */
export const KVM_DEVICE_ATTR_ATTR = 0x8;
/** u64. */
export const KVM_DEVICE_ATTR_ADDR = 0x10;
/** Size of the structure. */
export const KVM_DEVICE_ATTR_BYTES = 0x18;

// Argument of KVM_GET_DIRTY_LOG

/** u32. */
export const KVM_DIRTY_LOG_SLOT = 0x0;
/** u32. */
export const KVM_DIRTY_LOG_PADDING = 0x4;
/** u64: Address of a bit for each page. */
export const KVM_DIRTY_LOG_DIRTY_BITMAP = 0x8;
/** Size of the structure. */
export const KVM_DIRTY_LOG_BYTES = 0x10;

// Argument of KVM_ENABLE_CAP

/** u32: KVM_CAP_*. */
export const KVM_ENABLE_CAP_CAP = 0x0;
/** u32. */
export const KVM_ENABLE_CAP_FLAGS = 0x4;
/** u64[4]. */
export const KVM_ENABLE_CAP_ARGS = 0x8;
/** u8[64]. */
export const KVM_ENABLE_CAP_PADDING = 0x28;
/** Size of the structure. */
export const KVM_ENABLE_CAP_BYTES = 0x68;

// KvmIrqfd.flags, KvmIoeventfd.flags

export const KVM_IRQFD_FLAG_DEASSIGN = 0x1;
export const KVM_IRQFD_FLAG_RESAMPLE = 0x2;
export const KVM_IOEVENTFD_FLAG_DATAMATCH = 0x1;
export const KVM_IOEVENTFD_FLAG_PIO = 0x2;
export const KVM_IOEVENTFD_FLAG_DEASSIGN = 0x4;

// KvmIrqchip.chip of the I/O APIC

/** u64. */
export const KVM_IOAPIC_STATE_BASE_ADDRESS = 0x0;
/** u32: The register that is accessed. */
export const KVM_IOAPIC_STATE_IOREGSEL = 0x8;
/** u32. */
export const KVM_IOAPIC_STATE_ID = 0xc;
/** u32: A bit for each pin that is asserted, but for those whose edge was delivered. */
export const KVM_IOAPIC_STATE_IRR = 0x10;
/** u32. */
export const KVM_IOAPIC_STATE_PADDING = 0x14;
/** u64[24]: Redirection entries. */
export const KVM_IOAPIC_STATE_REDIRTBL = 0x18;
/** Size of the structure. */
export const KVM_IOAPIC_STATE_BYTES = 0xd8;

// Argument of KVM_IOEVENTFD

/** u64. */
export const KVM_IOEVENTFD_DATAMATCH = 0x0;
/** u64. */
export const KVM_IOEVENTFD_ADDR = 0x8;
/** u32. */
export const KVM_IOEVENTFD_LEN = 0x10;
/** u32. */
export const KVM_IOEVENTFD_FD = 0x14;
/** u32: KVM_IOEVENTFD_FLAG_*. */
export const KVM_IOEVENTFD_FLAGS = 0x18;
/** u8[36]. */
export const KVM_IOEVENTFD_PADDING = 0x1c;
/** Size of the structure. */
export const KVM_IOEVENTFD_BYTES = 0x40;

// Argument of KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS

/** u32: The line; KVM_IRQ_LINE_STATUS writes here what became of it. */
export const KVM_IRQ_LEVEL_IRQ = 0x0;
/** u32. */
export const KVM_IRQ_LEVEL_LEVEL = 0x4;
/** Size of the structure. */
export const KVM_IRQ_LEVEL_BYTES = 0x8;

// Argument of KVM_SET_GSI_ROUTING; KvmIrqRoutingEntry follow

/** u32. */
export const KVM_IRQ_ROUTING_NR = 0x0;
/** u32. */
export const KVM_IRQ_ROUTING_FLAGS = 0x4;
/** Size of the structure. */
export const KVM_IRQ_ROUTING_BYTES = 0x8;

// A route behind KvmIrqRouting

/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_GSI = 0x0;
/** u32: KVM_IRQ_ROUTING_*. */
export const KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE = 0x4;
/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_FLAGS = 0x8;
/** u32. */
export const KVM_IRQ_ROUTING_ENTRY_PADDING = 0xc;
/** u32[8]: Chip and pin, or low and high address, data and device of an MSI. */
export const KVM_IRQ_ROUTING_ENTRY_U = 0x10;
/** Size of the structure. */
export const KVM_IRQ_ROUTING_ENTRY_BYTES = 0x30;

// KvmIrqRoutingEntry.routeType

export const KVM_IRQ_ROUTING_IRQCHIP = 0x1;
export const KVM_IRQ_ROUTING_MSI = 0x2;

// Argument of KVM_GET_IRQCHIP, KVM_SET_IRQCHIP

/** u32: KVM_IRQCHIP_*. */
export const KVM_IRQCHIP_CHIP_ID = 0x0;
/** u32. */
export const KVM_IRQCHIP_PADDING = 0x4;
/** u8[512]. */
export const KVM_IRQCHIP_CHIP = 0x8;
/** Size of the structure. */
export const KVM_IRQCHIP_BYTES = 0x208;

// KvmIrqchip.chipId

export const KVM_IRQCHIP_PIC_MASTER = 0x0;
export const KVM_IRQCHIP_PIC_SLAVE = 0x1;
export const KVM_IRQCHIP_IOAPIC = 0x2;

// Argument of KVM_IRQFD

/** u32. */
export const KVM_IRQFD_FD = 0x0;
/** u32. */
export const KVM_IRQFD_GSI = 0x4;
/** u32: KVM_IRQFD_FLAG_*. */
export const KVM_IRQFD_FLAGS = 0x8;
/** u32. */
export const KVM_IRQFD_RESAMPLEFD = 0xc;
/** u8[16]. */
export const KVM_IRQFD_PADDING = 0x10;
/** Size of the structure. */
export const KVM_IRQFD_BYTES = 0x20;

// KvmUserspaceMemoryRegion.flags

export const KVM_MEM_LOG_DIRTY_PAGES = 0x1;
export const KVM_MEM_READONLY = 0x2;

// Argument of KVM_SIGNAL_MSI

/** u32. */
export const KVM_MSI_ADDRESS_LO = 0x0;
/** u32. */
export const KVM_MSI_ADDRESS_HI = 0x4;
/** u32. */
export const KVM_MSI_DATA = 0x8;
/** u32. */
export const KVM_MSI_FLAGS = 0xc;
/** u32. */
export const KVM_MSI_DEVID = 0x10;
/** u8[12]. */
export const KVM_MSI_PADDING = 0x14;
/** Size of the structure. */
export const KVM_MSI_BYTES = 0x20;

// Argument of KVM_X86_SET_MSR_FILTER

/** u32: KVM_MSR_FILTER_DEFAULT_DENY. */
export const KVM_MSR_FILTER_FLAGS = 0x0;
/** u32. */
export const KVM_MSR_FILTER_PADDING = 0x4;
/** u64[48]: Sixteen KvmMsrFilterRange. */
export const KVM_MSR_FILTER_RANGES = 0x8;
/** Size of the structure. */
export const KVM_MSR_FILTER_BYTES = 0x188;

// KvmMsrFilter.flags, KvmMsrFilterRange.flags

export const KVM_MSR_FILTER_DEFAULT_DENY = 0x1;
export const KVM_MSR_FILTER_READ = 0x1;
export const KVM_MSR_FILTER_WRITE = 0x2;

// A range of MSRs in KvmMsrFilter

/** u32: KVM_MSR_FILTER_READ, KVM_MSR_FILTER_WRITE. */
export const KVM_MSR_FILTER_RANGE_FLAGS = 0x0;
/** u32: 0: no range. */
export const KVM_MSR_FILTER_RANGE_NMSRS = 0x4;
/** u32. */
export const KVM_MSR_FILTER_RANGE_BASE = 0x8;
/** u32. */
export const KVM_MSR_FILTER_RANGE_PADDING = 0xc;
/** u64: Address of a bit for each MSR: 1: allowed. */
export const KVM_MSR_FILTER_RANGE_BITMAP = 0x10;
/** Size of the structure. */
export const KVM_MSR_FILTER_RANGE_BYTES = 0x18;

// KvmIrqchip.chip of an 8259

/** u8: Which lines are asserted, for the next edge. */
export const KVM_PIC_STATE_LAST_IRR = 0x0;
/** u8. */
export const KVM_PIC_STATE_IRR = 0x1;
/** u8. */
export const KVM_PIC_STATE_IMR = 0x2;
/** u8. */
export const KVM_PIC_STATE_ISR = 0x3;
/** u8: The line whose priority is highest. */
export const KVM_PIC_STATE_PRIORITY_ADD = 0x4;
/** u8: The first vector. */
export const KVM_PIC_STATE_IRQ_BASE = 0x5;
/** u8: 1: ISR is read, 0: IRR. */
export const KVM_PIC_STATE_READ_REG_SELECT = 0x6;
/** u8: 1: the next read is an acknowledgement. */
export const KVM_PIC_STATE_POLL = 0x7;
/** u8. */
export const KVM_PIC_STATE_SPECIAL_MASK = 0x8;
/** u8: The initialization command word that came last; 0: all have come. */
export const KVM_PIC_STATE_INIT_STATE = 0x9;
/** u8. */
export const KVM_PIC_STATE_AUTO_EOI = 0xa;
/** u8. */
export const KVM_PIC_STATE_ROTATE_ON_AUTO_EOI = 0xb;
/** u8. */
export const KVM_PIC_STATE_SPECIAL_FULLY_NESTED_MODE = 0xc;
/** u8: 1: a fourth word comes. */
export const KVM_PIC_STATE_INIT4 = 0xd;
/** u8: A bit for each line that is level-triggered. */
export const KVM_PIC_STATE_ELCR = 0xe;
/** u8: And for each that can be so. */
export const KVM_PIC_STATE_ELCR_MASK = 0xf;
/** Size of the structure. */
export const KVM_PIC_STATE_BYTES = 0x10;

// A channel of KvmPitState, KvmPitState2

/** u32: What it counts from, 1 to 65536. */
export const KVM_PIT_CHANNEL_STATE_COUNT = 0x0;
/** u16. */
export const KVM_PIT_CHANNEL_STATE_LATCHED_COUNT = 0x4;
/** u8: 0, or how latchedCount is read: as readState. */
export const KVM_PIT_CHANNEL_STATE_COUNT_LATCHED = 0x6;
/** u8: 1: the next read is status. */
export const KVM_PIT_CHANNEL_STATE_STATUS_LATCHED = 0x7;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_STATUS = 0x8;
/** u8: 1: bits 7:0, 2: bits 15:8, 3: both, bits 7:0 next, 4: both, bits 15:8 next. */
export const KVM_PIT_CHANNEL_STATE_READ_STATE = 0x9;
/** u8: The same. */
export const KVM_PIT_CHANNEL_STATE_WRITE_STATE = 0xa;
/** u8: Bits 7:0 of a count whose bits 15:8 are to be written. */
export const KVM_PIT_CHANNEL_STATE_WRITE_LATCH = 0xb;
/** u8: Bits 5:4 of the control word. */
export const KVM_PIT_CHANNEL_STATE_RW_MODE = 0xc;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_MODE = 0xd;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_BCD = 0xe;
/** u8. */
export const KVM_PIT_CHANNEL_STATE_GATE = 0xf;
/** u64: Nanoseconds of the kernel's clock. */
export const KVM_PIT_CHANNEL_STATE_COUNT_LOAD_TIME = 0x10;
/** Size of the structure. */
export const KVM_PIT_CHANNEL_STATE_BYTES = 0x18;

// Argument of KVM_CREATE_PIT2

/** u32: KVM_PIT_SPEAKER_DUMMY. */
export const KVM_PIT_CONFIG_FLAGS = 0x0;
/** u32[15]. */
export const KVM_PIT_CONFIG_PADDING = 0x4;
/** Size of the structure. */
export const KVM_PIT_CONFIG_BYTES = 0x40;

// KvmPitConfig.flags

/** Port 61h is the kernel's, too. */
export const KVM_PIT_SPEAKER_DUMMY = 0x1;

// Argument of KVM_GET_PIT, KVM_SET_PIT

/** u64[9]: Three KvmPitChannelState. */
export const KVM_PIT_STATE_CHANNELS = 0x0;
/** Size of the structure. */
export const KVM_PIT_STATE_BYTES = 0x48;

// Argument of KVM_GET_PIT2, KVM_SET_PIT2

/** u64[9]: Three KvmPitChannelState. */
export const KVM_PIT_STATE2_CHANNELS = 0x0;
/** u32: KVM_PIT_FLAGS_*. */
export const KVM_PIT_STATE2_FLAGS = 0x48;
/** u32[9]. */
export const KVM_PIT_STATE2_RESERVED = 0x4c;
/** Size of the structure. */
export const KVM_PIT_STATE2_BYTES = 0x70;

// KvmPitState2.flags

/** Channel 0 asserts no line: another timer has it. */
export const KVM_PIT_FLAGS_HPET_LEGACY = 0x1;
/** Bit 1 of port 61h. */
export const KVM_PIT_FLAGS_SPEAKER_DATA_ON = 0x2;

// Argument of KVM_REINJECT_CONTROL

/** u8: 1: ticks that the guest has missed come later; 0: they are lost. */
export const KVM_REINJECT_CONTROL_PIT_REINJECT = 0x0;
/** u8[31]. */
export const KVM_REINJECT_CONTROL_RESERVED = 0x1;
/** Size of the structure. */
export const KVM_REINJECT_CONTROL_BYTES = 0x20;

// Argument of KVM_SET_USER_MEMORY_REGION

/** u32: Bits 15:0 the number, bits 31:16 the address space. */
export const KVM_USERSPACE_MEMORY_REGION_SLOT = 0x0;
/** u32: KVM_MEM_*. */
export const KVM_USERSPACE_MEMORY_REGION_FLAGS = 0x4;
/** u64. */
export const KVM_USERSPACE_MEMORY_REGION_GUEST_PHYS_ADDR = 0x8;
/** u64: Bytes; 0 takes the slot away. */
export const KVM_USERSPACE_MEMORY_REGION_MEMORY_SIZE = 0x10;
/** u64. */
export const KVM_USERSPACE_MEMORY_REGION_USERSPACE_ADDR = 0x18;
/** Size of the structure. */
export const KVM_USERSPACE_MEMORY_REGION_BYTES = 0x20;

// Argument of KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2, KVM_GET_CPUID2; KvmCpuidEntry2 follow

/** u32. */
export const KVM_CPUID2_NENT = 0x0;
/** u32. */
export const KVM_CPUID2_PADDING = 0x4;
/** Size of the structure. */
export const KVM_CPUID2_BYTES = 0x8;

// A leaf behind KvmCpuid2

/** u32. */
export const KVM_CPUID_ENTRY2_FUNCTION = 0x0;
/** u32. */
export const KVM_CPUID_ENTRY2_INDEX = 0x4;
/** u32: KVM_CPUID_FLAG_*. */
export const KVM_CPUID_ENTRY2_FLAGS = 0x8;
/** u32. */
export const KVM_CPUID_ENTRY2_EAX = 0xc;
/** u32. */
export const KVM_CPUID_ENTRY2_EBX = 0x10;
/** u32. */
export const KVM_CPUID_ENTRY2_ECX = 0x14;
/** u32. */
export const KVM_CPUID_ENTRY2_EDX = 0x18;
/** u32[3]. */
export const KVM_CPUID_ENTRY2_PADDING = 0x1c;
/** Size of the structure. */
export const KVM_CPUID_ENTRY2_BYTES = 0x28;

// KvmCpuidEntry2.flags

/** Valid for this ECX alone. Spelled as Linux does. */
export const KVM_CPUID_FLAG_SIGNIFCANT_INDEX = 0x1;

// Argument of KVM_GET_DEBUGREGS, KVM_SET_DEBUGREGS

/** u64[4]: DR0 to DR3. */
export const KVM_DEBUGREGS_DB = 0x0;
/** u64. */
export const KVM_DEBUGREGS_DR6 = 0x20;
/** u64. */
export const KVM_DEBUGREGS_DR7 = 0x28;
/** u64. */
export const KVM_DEBUGREGS_FLAGS = 0x30;
/** u64[9]. */
export const KVM_DEBUGREGS_RESERVED = 0x38;
/** Size of the structure. */
export const KVM_DEBUGREGS_BYTES = 0x80;

// GDTR or IDTR, as KvmSregs has it

/** u64. */
export const KVM_DTABLE_BASE = 0x0;
/** u16. */
export const KVM_DTABLE_LIMIT = 0x8;
/** u16[3]. */
export const KVM_DTABLE_PADDING = 0xa;
/** Size of the structure. */
export const KVM_DTABLE_BYTES = 0x10;

// Argument of KVM_GET_FPU, KVM_SET_FPU

/** u8[128]: Eight registers, 16 bytes each. */
export const KVM_FPU_FPR = 0x0;
/** u16. */
export const KVM_FPU_FCW = 0x80;
/** u16. */
export const KVM_FPU_FSW = 0x82;
/** u8: Tags in FXSAVE's short form. */
export const KVM_FPU_FTWX = 0x84;
/** u8. */
export const KVM_FPU_PADDING1 = 0x85;
/** u16. */
export const KVM_FPU_LAST_OPCODE = 0x86;
/** u64. */
export const KVM_FPU_LAST_IP = 0x88;
/** u64. */
export const KVM_FPU_LAST_DP = 0x90;
/** u8[256]: Sixteen registers, 16 bytes each. */
export const KVM_FPU_XMM = 0x98;
/** u32. */
export const KVM_FPU_MXCSR = 0x198;
/** u32. */
export const KVM_FPU_PADDING2 = 0x19c;
/** Size of the structure. */
export const KVM_FPU_BYTES = 0x1a0;

// Argument of KVM_SET_GUEST_DEBUG

/** u32: KVM_GUESTDBG_*. */
export const KVM_GUEST_DEBUG_CONTROL = 0x0;
/** u32. */
export const KVM_GUEST_DEBUG_PADDING = 0x4;
/** u64[8]: arch.debugreg: DR0 to DR7. */
export const KVM_GUEST_DEBUG_DEBUGREG = 0x8;
/** Size of the structure. */
export const KVM_GUEST_DEBUG_BYTES = 0x48;

// KvmGuestDebug.control

export const KVM_GUESTDBG_ENABLE = 0x1;
export const KVM_GUESTDBG_SINGLESTEP = 0x2;
export const KVM_GUESTDBG_USE_SW_BP = 0x10000;
export const KVM_GUESTDBG_USE_HW_BP = 0x20000;
export const KVM_GUESTDBG_INJECT_DB = 0x40000;
export const KVM_GUESTDBG_INJECT_BP = 0x80000;
export const KVM_GUESTDBG_BLOCKIRQ = 0x100000;

// Argument of KVM_INTERRUPT

/** u32: The vector. */
export const KVM_INTERRUPT_IRQ = 0x0;
/** Size of the structure. */
export const KVM_INTERRUPT_BYTES = 0x4;

// Argument of KVM_GET_LAPIC, KVM_SET_LAPIC

/** u8[1024]: The local APIC's page. */
export const KVM_LAPIC_STATE_REGS = 0x0;
/** Size of the structure. */
export const KVM_LAPIC_STATE_BYTES = 0x400;

// Argument of KVM_GET_MP_STATE, KVM_SET_MP_STATE

/** u32: KVM_MP_STATE_*. */
export const KVM_MP_STATE_MP_STATE = 0x0;
/** Size of the structure. */
export const KVM_MP_STATE_BYTES = 0x4;

// KvmMpState.mpState

export const KVM_MP_STATE_RUNNABLE = 0x0;
export const KVM_MP_STATE_UNINITIALIZED = 0x1;
export const KVM_MP_STATE_INIT_RECEIVED = 0x2;
export const KVM_MP_STATE_HALTED = 0x3;
export const KVM_MP_STATE_SIPI_RECEIVED = 0x4;

// An MSR behind KvmMsrs

/** u32. */
export const KVM_MSR_ENTRY_INDEX = 0x0;
/** u32. */
export const KVM_MSR_ENTRY_RESERVED = 0x4;
/** u64. */
export const KVM_MSR_ENTRY_DATA = 0x8;
/** Size of the structure. */
export const KVM_MSR_ENTRY_BYTES = 0x10;

// Argument of KVM_GET_MSR_INDEX_LIST, KVM_GET_MSR_FEATURE_INDEX_LIST; numbers follow, 32 bits each

/** u32: In: room; out: how many there are, also with E2BIG. */
export const KVM_MSR_LIST_NMSRS = 0x0;
/** Size of the structure. */
export const KVM_MSR_LIST_BYTES = 0x4;

// Argument of KVM_GET_MSRS, KVM_SET_MSRS; KvmMsrEntry follow

/** u32. */
export const KVM_MSRS_NMSRS = 0x0;
/** u32. */
export const KVM_MSRS_PADDING = 0x4;
/** Size of the structure. */
export const KVM_MSRS_BYTES = 0x8;

// Argument of KVM_GET_REGS, KVM_SET_REGS

/** u64. */
export const KVM_REGS_RAX = 0x0;
/** u64. */
export const KVM_REGS_RBX = 0x8;
/** u64. */
export const KVM_REGS_RCX = 0x10;
/** u64. */
export const KVM_REGS_RDX = 0x18;
/** u64. */
export const KVM_REGS_RSI = 0x20;
/** u64. */
export const KVM_REGS_RDI = 0x28;
/** u64. */
export const KVM_REGS_RSP = 0x30;
/** u64. */
export const KVM_REGS_RBP = 0x38;
/** u64. */
export const KVM_REGS_R8 = 0x40;
/** u64. */
export const KVM_REGS_R9 = 0x48;
/** u64. */
export const KVM_REGS_R10 = 0x50;
/** u64. */
export const KVM_REGS_R11 = 0x58;
/** u64. */
export const KVM_REGS_R12 = 0x60;
/** u64. */
export const KVM_REGS_R13 = 0x68;
/** u64. */
export const KVM_REGS_R14 = 0x70;
/** u64. */
export const KVM_REGS_R15 = 0x78;
/** u64. */
export const KVM_REGS_RIP = 0x80;
/** u64. */
export const KVM_REGS_RFLAGS = 0x88;
/** Size of the structure. */
export const KVM_REGS_BYTES = 0x90;

// A segment register, as KvmSregs has it

/** u64. */
export const KVM_SEGMENT_BASE = 0x0;
/** u32: In bytes, whatever the granularity is. */
export const KVM_SEGMENT_LIMIT = 0x8;
/** u16. */
export const KVM_SEGMENT_SELECTOR = 0xc;
/** u8: Type of the descriptor, 4 bits. */
export const KVM_SEGMENT_SEGMENT_TYPE = 0xe;
/** u8. */
export const KVM_SEGMENT_PRESENT = 0xf;
/** u8. */
export const KVM_SEGMENT_DPL = 0x10;
/** u8. */
export const KVM_SEGMENT_DB = 0x11;
/** u8. */
export const KVM_SEGMENT_S = 0x12;
/** u8. */
export const KVM_SEGMENT_L = 0x13;
/** u8. */
export const KVM_SEGMENT_G = 0x14;
/** u8. */
export const KVM_SEGMENT_AVL = 0x15;
/** u8. */
export const KVM_SEGMENT_UNUSABLE = 0x16;
/** u8. */
export const KVM_SEGMENT_PADDING = 0x17;
/** Size of the structure. */
export const KVM_SEGMENT_BYTES = 0x18;

// Argument of KVM_SET_SIGNAL_MASK; the signals follow, a bit each

/** u32: Bytes that follow: 8. */
export const KVM_SIGNAL_MASK_LEN = 0x0;
/** Size of the structure. */
export const KVM_SIGNAL_MASK_BYTES = 0x4;

// Argument of KVM_GET_SREGS, KVM_SET_SREGS

/** u64[3]: KvmSegment, as all eight. */
export const KVM_SREGS_CS = 0x0;
/** u64[3]. */
export const KVM_SREGS_DS = 0x18;
/** u64[3]. */
export const KVM_SREGS_ES = 0x30;
/** u64[3]. */
export const KVM_SREGS_FS = 0x48;
/** u64[3]. */
export const KVM_SREGS_GS = 0x60;
/** u64[3]. */
export const KVM_SREGS_SS = 0x78;
/** u64[3]. */
export const KVM_SREGS_TR = 0x90;
/** u64[3]. */
export const KVM_SREGS_LDT = 0xa8;
/** u64[2]: KvmDtable. */
export const KVM_SREGS_GDT = 0xc0;
/** u64[2]: KvmDtable. */
export const KVM_SREGS_IDT = 0xd0;
/** u64. */
export const KVM_SREGS_CR0 = 0xe0;
/** u64. */
export const KVM_SREGS_CR2 = 0xe8;
/** u64. */
export const KVM_SREGS_CR3 = 0xf0;
/** u64. */
export const KVM_SREGS_CR4 = 0xf8;
/** u64. */
export const KVM_SREGS_CR8 = 0x100;
/** u64. */
export const KVM_SREGS_EFER = 0x108;
/** u64. */
export const KVM_SREGS_APIC_BASE = 0x110;
/** u64[4]: At most one bit: the interrupt that is being delivered. */
export const KVM_SREGS_INTERRUPT_BITMAP = 0x118;
/** Size of the structure. */
export const KVM_SREGS_BYTES = 0x138;

// Argument of KVM_GET_SREGS2, KVM_SET_SREGS2

/** u64[3]: KvmSegment, as all eight. */
export const KVM_SREGS2_CS = 0x0;
/** u64[3]. */
export const KVM_SREGS2_DS = 0x18;
/** u64[3]. */
export const KVM_SREGS2_ES = 0x30;
/** u64[3]. */
export const KVM_SREGS2_FS = 0x48;
/** u64[3]. */
export const KVM_SREGS2_GS = 0x60;
/** u64[3]. */
export const KVM_SREGS2_SS = 0x78;
/** u64[3]. */
export const KVM_SREGS2_TR = 0x90;
/** u64[3]. */
export const KVM_SREGS2_LDT = 0xa8;
/** u64[2]: KvmDtable. */
export const KVM_SREGS2_GDT = 0xc0;
/** u64[2]: KvmDtable. */
export const KVM_SREGS2_IDT = 0xd0;
/** u64. */
export const KVM_SREGS2_CR0 = 0xe0;
/** u64. */
export const KVM_SREGS2_CR2 = 0xe8;
/** u64. */
export const KVM_SREGS2_CR3 = 0xf0;
/** u64. */
export const KVM_SREGS2_CR4 = 0xf8;
/** u64. */
export const KVM_SREGS2_CR8 = 0x100;
/** u64. */
export const KVM_SREGS2_EFER = 0x108;
/** u64. */
export const KVM_SREGS2_APIC_BASE = 0x110;
/** u64: KVM_SREGS2_FLAGS_*. */
export const KVM_SREGS2_FLAGS = 0x118;
/** u64[4]. */
export const KVM_SREGS2_PDPTRS = 0x120;
/** Size of the structure. */
export const KVM_SREGS2_BYTES = 0x140;

// KvmSregs2.flags

export const KVM_SREGS2_FLAGS_PDPTRS_VALID = 0x1;

// Argument of KVM_TPR_ACCESS_REPORTING

/** u32. */
export const KVM_TPR_ACCESS_CTL_ENABLED = 0x0;
/** u32. */
export const KVM_TPR_ACCESS_CTL_FLAGS = 0x4;
/** u32[8]. */
export const KVM_TPR_ACCESS_CTL_RESERVED = 0x8;
/** Size of the structure. */
export const KVM_TPR_ACCESS_CTL_BYTES = 0x28;

// Argument of KVM_TRANSLATE

/** u64: In. */
export const KVM_TRANSLATION_LINEAR_ADDRESS = 0x0;
/** u64: Out: guest physical. */
export const KVM_TRANSLATION_PHYSICAL_ADDRESS = 0x8;
/** u8. */
export const KVM_TRANSLATION_VALID = 0x10;
/** u8. */
export const KVM_TRANSLATION_WRITEABLE = 0x11;
/** u8. */
export const KVM_TRANSLATION_USERMODE = 0x12;
/** u8[5]. */
export const KVM_TRANSLATION_PADDING = 0x13;
/** Size of the structure. */
export const KVM_TRANSLATION_BYTES = 0x18;

// KvmVcpuEvents.flags, and interruptShadow

export const KVM_VCPUEVENT_VALID_NMI_PENDING = 0x1;
export const KVM_VCPUEVENT_VALID_SIPI_VECTOR = 0x2;
export const KVM_VCPUEVENT_VALID_SHADOW = 0x4;
export const KVM_VCPUEVENT_VALID_SMM = 0x8;
export const KVM_VCPUEVENT_VALID_PAYLOAD = 0x10;
export const KVM_VCPUEVENT_VALID_TRIPLE_FAULT = 0x20;
export const KVM_X86_SHADOW_INT_MOV_SS = 0x1;
export const KVM_X86_SHADOW_INT_STI = 0x2;

// Argument of KVM_GET_VCPU_EVENTS, KVM_SET_VCPU_EVENTS

/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_INJECTED = 0x0;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_NR = 0x1;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE = 0x2;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_PENDING = 0x3;
/** u32. */
export const KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE = 0x4;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_INJECTED = 0x8;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_NR = 0x9;
/** u8. */
export const KVM_VCPU_EVENTS_INTERRUPT_SOFT = 0xa;
/** u8: KVM_X86_SHADOW_INT_*. */
export const KVM_VCPU_EVENTS_INTERRUPT_SHADOW = 0xb;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_INJECTED = 0xc;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_PENDING = 0xd;
/** u8. */
export const KVM_VCPU_EVENTS_NMI_MASKED = 0xe;
/** u8. */
export const KVM_VCPU_EVENTS_PADDING_NMI = 0xf;
/** u32. */
export const KVM_VCPU_EVENTS_SIPI_VECTOR = 0x10;
/** u32: KVM_VCPUEVENT_VALID_*. */
export const KVM_VCPU_EVENTS_FLAGS = 0x14;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_SMM = 0x18;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_PENDING = 0x19;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_SMM_INSIDE_NMI = 0x1a;
/** u8. */
export const KVM_VCPU_EVENTS_SMI_LATCHED_INIT = 0x1b;
/** u8. */
export const KVM_VCPU_EVENTS_TRIPLE_FAULT_PENDING = 0x1c;
/** u8[26]. */
export const KVM_VCPU_EVENTS_RESERVED = 0x1d;
/** u8. */
export const KVM_VCPU_EVENTS_EXCEPTION_HAS_PAYLOAD = 0x37;
/** u64. */
export const KVM_VCPU_EVENTS_EXCEPTION_PAYLOAD = 0x38;
/** Size of the structure. */
export const KVM_VCPU_EVENTS_BYTES = 0x40;

// Argument of KVM_X86_SET_MCE

/** u64. */
export const KVM_X86_MCE_STATUS = 0x0;
/** u64. */
export const KVM_X86_MCE_ADDR = 0x8;
/** u64. */
export const KVM_X86_MCE_MISC = 0x10;
/** u64. */
export const KVM_X86_MCE_MCG_STATUS = 0x18;
/** u8. */
export const KVM_X86_MCE_BANK = 0x20;
/** u8[7]. */
export const KVM_X86_MCE_PADDING1 = 0x21;
/** u64[3]. */
export const KVM_X86_MCE_PADDING2 = 0x28;
/** Size of the structure. */
export const KVM_X86_MCE_BYTES = 0x40;

// An extended control register in KvmXcrs

/** u32: Its number. */
export const KVM_XCR_XCR = 0x0;
/** u32. */
export const KVM_XCR_RESERVED = 0x4;
/** u64. */
export const KVM_XCR_VALUE = 0x8;
/** Size of the structure. */
export const KVM_XCR_BYTES = 0x10;

// Argument of KVM_GET_XCRS, KVM_SET_XCRS

/** u32: How many of the sixteen are there. */
export const KVM_XCRS_NR_XCRS = 0x0;
/** u32. */
export const KVM_XCRS_FLAGS = 0x4;
/** u64[32]: KvmXcr of each. */
export const KVM_XCRS_XCRS = 0x8;
/** u64[16]. */
export const KVM_XCRS_PADDING = 0x108;
/** Size of the structure. */
export const KVM_XCRS_BYTES = 0x188;

// Argument of KVM_GET_XSAVE, KVM_SET_XSAVE

/** u32[1024]: The XSAVE area, not compacted. */
export const KVM_XSAVE_REGION = 0x0;
/** Size of the structure. */
export const KVM_XSAVE_BYTES = 0x1000;

// KvmRun.exitReason

/** KvmRunHw. */
export const KVM_EXIT_UNKNOWN = 0x0;
/** KvmRunEx. */
export const KVM_EXIT_EXCEPTION = 0x1;
/** KvmRunIo. */
export const KVM_EXIT_IO = 0x2;
/** KvmRunHypercall. */
export const KVM_EXIT_HYPERCALL = 0x3;
/** KvmRunDebug. */
export const KVM_EXIT_DEBUG = 0x4;
export const KVM_EXIT_HLT = 0x5;
/** KvmRunMmio. */
export const KVM_EXIT_MMIO = 0x6;
export const KVM_EXIT_IRQ_WINDOW_OPEN = 0x7;
/** A triple fault. */
export const KVM_EXIT_SHUTDOWN = 0x8;
/** KvmRunFailEntry. */
export const KVM_EXIT_FAIL_ENTRY = 0x9;
/** A signal; KVM_RUN failed with EINTR. */
export const KVM_EXIT_INTR = 0xa;
export const KVM_EXIT_SET_TPR = 0xb;
/** KvmRunTprAccess. */
export const KVM_EXIT_TPR_ACCESS = 0xc;
export const KVM_EXIT_NMI = 0x10;
/** KvmRunInternal. */
export const KVM_EXIT_INTERNAL_ERROR = 0x11;
export const KVM_EXIT_WATCHDOG = 0x15;
/** KvmRunSystemEvent. */
export const KVM_EXIT_SYSTEM_EVENT = 0x18;
/** KvmRunEoi. */
export const KVM_EXIT_IOAPIC_EOI = 0x1a;
export const KVM_EXIT_HYPERV = 0x1b;
/** KvmRunMsr. */
export const KVM_EXIT_X86_RDMSR = 0x1d;
/** KvmRunMsr. */
export const KVM_EXIT_X86_WRMSR = 0x1e;
export const KVM_EXIT_DIRTY_RING_FULL = 0x1f;
export const KVM_EXIT_AP_RESET_HOLD = 0x20;
export const KVM_EXIT_X86_BUS_LOCK = 0x21;
export const KVM_EXIT_XEN = 0x22;
/** KvmRunNotify. */
export const KVM_EXIT_NOTIFY = 0x25;

// KvmRunInternal.suberror

export const KVM_INTERNAL_ERROR_EMULATION = 0x1;
export const KVM_INTERNAL_ERROR_SIMUL_EX = 0x2;
export const KVM_INTERNAL_ERROR_DELIVERY_EV = 0x3;
export const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON = 0x4;
/** In data[0]: the instruction's bytes are there. */
export const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES = 0x1;

// KvmRunIo.direction

export const KVM_EXIT_IO_IN = 0x0;
export const KVM_EXIT_IO_OUT = 0x1;

// KvmRunMsr.reason

export const KVM_MSR_EXIT_REASON_INVAL = 0x1;
export const KVM_MSR_EXIT_REASON_UNKNOWN = 0x2;
export const KVM_MSR_EXIT_REASON_FILTER = 0x4;

// The first page of a virtual processor's mapping

/** u8: In: exit when an interrupt can be injected. */
export const KVM_RUN_REQUEST_INTERRUPT_WINDOW = 0x0;
/** u8: In: KVM_RUN ends with EINTR at once, when what is pending has been completed. */
export const KVM_RUN_IMMEDIATE_EXIT = 0x1;
/** u8[6]. */
export const KVM_RUN_PADDING1 = 0x2;
/** u32: KVM_EXIT_*. */
export const KVM_RUN_EXIT_REASON = 0x8;
/** u8: KVM_INTERRUPT would be accepted now. */
export const KVM_RUN_READY_FOR_INTERRUPT_INJECTION = 0xc;
/** u8: RFLAGS.IF. */
export const KVM_RUN_IF_FLAG = 0xd;
/** u16: KVM_RUN_X86_*. */
export const KVM_RUN_FLAGS = 0xe;
/** u64: In and out, without an interrupt controller in the kernel. */
export const KVM_RUN_CR8 = 0x10;
/** u64. */
export const KVM_RUN_APIC_BASE = 0x18;
/** u64[32]: Depends on the reason: KvmRunIo, KvmRunMmio and so on describe it. */
export const KVM_RUN_EXIT = 0x20;
/** u64: In: KVM_SYNC_X86_* to store at each exit. */
export const KVM_RUN_KVM_VALID_REGS = 0x120;
/** u64: In: KVM_SYNC_X86_* to load from there. */
export const KVM_RUN_KVM_DIRTY_REGS = 0x128;
/** u8[144]: s.regs.regs: KvmRegs. */
export const KVM_RUN_REGS = 0x130;
/** u8[312]: s.regs.sregs: KvmSregs. */
export const KVM_RUN_SREGS = 0x1c0;
/** u8[64]: s.regs.events: KvmVcpuEvents. */
export const KVM_RUN_EVENTS = 0x2f8;
/** u8[1528]. */
export const KVM_RUN_PADDING = 0x338;
/** Size of the structure. */
export const KVM_RUN_BYTES = 0x930;

// KvmRun of an exit KVM_EXIT_DEBUG

/** u64[4]: As KvmRun. */
export const KVM_RUN_DEBUG_HEADER = 0x0;
/** u32. */
export const KVM_RUN_DEBUG_EXCEPTION = 0x20;
/** u32. */
export const KVM_RUN_DEBUG_PADDING = 0x24;
/** u64. */
export const KVM_RUN_DEBUG_PC = 0x28;
/** u64. */
export const KVM_RUN_DEBUG_DR6 = 0x30;
/** u64. */
export const KVM_RUN_DEBUG_DR7 = 0x38;
/** Size of the structure. */
export const KVM_RUN_DEBUG_BYTES = 0x40;

// KvmRun of an exit KVM_EXIT_IOAPIC_EOI

/** u64[4]: As KvmRun. */
export const KVM_RUN_EOI_HEADER = 0x0;
/** u8. */
export const KVM_RUN_EOI_VECTOR = 0x20;
/** u8[7]. */
export const KVM_RUN_EOI_PADDING = 0x21;
/** Size of the structure. */
export const KVM_RUN_EOI_BYTES = 0x28;

// KvmRun of an exit KVM_EXIT_EXCEPTION

/** u64[4]: As KvmRun. */
export const KVM_RUN_EX_HEADER = 0x0;
/** u32. */
export const KVM_RUN_EX_EXCEPTION = 0x20;
/** u32. */
export const KVM_RUN_EX_ERROR_CODE = 0x24;
/** Size of the structure. */
export const KVM_RUN_EX_BYTES = 0x28;

// KvmRun of an exit KVM_EXIT_FAIL_ENTRY

/** u64[4]: As KvmRun. */
export const KVM_RUN_FAIL_ENTRY_HEADER = 0x0;
/** u64: Why the processor does not enter the guest. */
export const KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON = 0x20;
/** u32: The processor that it was. */
export const KVM_RUN_FAIL_ENTRY_CPU = 0x28;
/** u32. */
export const KVM_RUN_FAIL_ENTRY_PADDING = 0x2c;
/** Size of the structure. */
export const KVM_RUN_FAIL_ENTRY_BYTES = 0x30;

// KvmRun.flags

export const KVM_RUN_X86_SMM = 0x1;
export const KVM_RUN_X86_BUS_LOCK = 0x2;

// KvmRun of an exit KVM_EXIT_UNKNOWN

/** u64[4]: As KvmRun. */
export const KVM_RUN_HW_HEADER = 0x0;
/** u64: What the processor said. */
export const KVM_RUN_HW_HARDWARE_EXIT_REASON = 0x20;
/** Size of the structure. */
export const KVM_RUN_HW_BYTES = 0x28;

// KvmRun of an exit KVM_EXIT_HYPERCALL

/** u64[4]: As KvmRun. */
export const KVM_RUN_HYPERCALL_HEADER = 0x0;
/** u64. */
export const KVM_RUN_HYPERCALL_NR = 0x20;
/** u64[6]. */
export const KVM_RUN_HYPERCALL_ARGS = 0x28;
/** u64: Goes into RAX at the next KVM_RUN. */
export const KVM_RUN_HYPERCALL_RET = 0x58;
/** u32. */
export const KVM_RUN_HYPERCALL_LONGMODE = 0x60;
/** u32. */
export const KVM_RUN_HYPERCALL_PADDING = 0x64;
/** Size of the structure. */
export const KVM_RUN_HYPERCALL_BYTES = 0x68;

// KvmRun of an exit KVM_EXIT_INTERNAL_ERROR

/** u64[4]: As KvmRun. */
export const KVM_RUN_INTERNAL_HEADER = 0x0;
/** u32: KVM_INTERNAL_ERROR_*. */
export const KVM_RUN_INTERNAL_SUBERROR = 0x20;
/** u32: How many words of data there are. */
export const KVM_RUN_INTERNAL_NDATA = 0x24;
/** u64[16]: Of an emulation failure: flags; length of the instruction in bits 7:0 of the next, its bytes behind. */
export const KVM_RUN_INTERNAL_DATA = 0x28;
/** Size of the structure. */
export const KVM_RUN_INTERNAL_BYTES = 0xa8;

// KvmRun of an exit KVM_EXIT_IO

/** u64[4]: As KvmRun. */
export const KVM_RUN_IO_HEADER = 0x0;
/** u8: KVM_EXIT_IO_IN, KVM_EXIT_IO_OUT. */
export const KVM_RUN_IO_DIRECTION = 0x20;
/** u8: Bytes of one access: 1, 2, 4. */
export const KVM_RUN_IO_SIZE = 0x21;
/** u16. */
export const KVM_RUN_IO_PORT = 0x22;
/** u32: More than 1: INS or OUTS. */
export const KVM_RUN_IO_COUNT = 0x24;
/** u64: Where the data is, from KvmRun's beginning; of an IN it goes there before the next KVM_RUN. */
export const KVM_RUN_IO_DATA_OFFSET = 0x28;
/** Size of the structure. */
export const KVM_RUN_IO_BYTES = 0x30;

// KvmRun of an exit KVM_EXIT_MMIO

/** u64[4]: As KvmRun. */
export const KVM_RUN_MMIO_HEADER = 0x0;
/** u64. */
export const KVM_RUN_MMIO_PHYS_ADDR = 0x20;
/** u8[8]: Of a read it goes there before the next KVM_RUN. */
export const KVM_RUN_MMIO_DATA = 0x28;
/** u32. */
export const KVM_RUN_MMIO_LEN = 0x30;
/** u8. */
export const KVM_RUN_MMIO_IS_WRITE = 0x34;
/** u8[3]. */
export const KVM_RUN_MMIO_PADDING = 0x35;
/** Size of the structure. */
export const KVM_RUN_MMIO_BYTES = 0x38;

// KvmRun of an exit KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR

/** u64[4]: As KvmRun. */
export const KVM_RUN_MSR_HEADER = 0x0;
/** u8: In: 1 makes the instruction fault. */
export const KVM_RUN_MSR_ERROR = 0x20;
/** u8[7]. */
export const KVM_RUN_MSR_PADDING = 0x21;
/** u32: KVM_MSR_EXIT_REASON_*. */
export const KVM_RUN_MSR_REASON = 0x28;
/** u32. */
export const KVM_RUN_MSR_INDEX = 0x2c;
/** u64. */
export const KVM_RUN_MSR_DATA = 0x30;
/** Size of the structure. */
export const KVM_RUN_MSR_BYTES = 0x38;

// KvmRun of an exit KVM_EXIT_NOTIFY

/** u64[4]: As KvmRun. */
export const KVM_RUN_NOTIFY_HEADER = 0x0;
/** u32. */
export const KVM_RUN_NOTIFY_FLAGS = 0x20;
/** u32. */
export const KVM_RUN_NOTIFY_PADDING = 0x24;
/** Size of the structure. */
export const KVM_RUN_NOTIFY_BYTES = 0x28;

// Pages of a virtual processor's mapping

/** Data of port accesses. */
export const KVM_PIO_PAGE_OFFSET = 0x1;
/** The ring of coalesced accesses, where there is one. */
export const KVM_COALESCED_MMIO_PAGE_OFFSET = 0x2;
export const KVM_PAGE_BYTES = 0x1000;

// KvmRun of an exit KVM_EXIT_SYSTEM_EVENT

/** u64[4]: As KvmRun. */
export const KVM_RUN_SYSTEM_EVENT_HEADER = 0x0;
/** u32: KVM_SYSTEM_EVENT_*. */
export const KVM_RUN_SYSTEM_EVENT_EVENT_TYPE = 0x20;
/** u32. */
export const KVM_RUN_SYSTEM_EVENT_NDATA = 0x24;
/** u64[16]. */
export const KVM_RUN_SYSTEM_EVENT_DATA = 0x28;
/** Size of the structure. */
export const KVM_RUN_SYSTEM_EVENT_BYTES = 0xa8;

// KvmRun of an exit KVM_EXIT_TPR_ACCESS

/** u64[4]: As KvmRun. */
export const KVM_RUN_TPR_ACCESS_HEADER = 0x0;
/** u64. */
export const KVM_RUN_TPR_ACCESS_RIP = 0x20;
/** u32. */
export const KVM_RUN_TPR_ACCESS_IS_WRITE = 0x28;
/** u32. */
export const KVM_RUN_TPR_ACCESS_PADDING = 0x2c;
/** Size of the structure. */
export const KVM_RUN_TPR_ACCESS_BYTES = 0x30;

// KvmRun.kvmValidRegs, kvmDirtyRegs

export const KVM_SYNC_X86_REGS = 0x1;
export const KVM_SYNC_X86_SREGS = 0x2;
export const KVM_SYNC_X86_EVENTS = 0x4;

// KvmRunSystemEvent.eventType

export const KVM_SYSTEM_EVENT_SHUTDOWN = 0x1;
export const KVM_SYSTEM_EVENT_RESET = 0x2;
export const KVM_SYSTEM_EVENT_CRASH = 0x3;
