// The KVM API: a virtual machine's memory, interrupt controllers and clocks, as Linux lays them out

import { structure, table } from "./schema.ts";

export const kvmUserspaceMemoryRegion = structure(
  "kvm",
  "KvmUserspaceMemoryRegion",
  "Argument of KVM_SET_USER_MEMORY_REGION",
  {
    slot: ["u32", "Bits 15:0 the number, bits 31:16 the address space."],
    flags: ["u32", "KVM_MEM_*."],
    guestPhysAddr: "u64",
    memorySize: ["u64", "Bytes; 0 takes the slot away."],
    userspaceAddr: "u64",
  },
);

export const kvmMemoryFlags = table("kvm", "KvmUserspaceMemoryRegion.flags", "u32", {
  KVM_MEM_LOG_DIRTY_PAGES: 1,
  KVM_MEM_READONLY: 2,
});

export const kvmDirtyLog = structure("kvm", "KvmDirtyLog", "Argument of KVM_GET_DIRTY_LOG", {
  slot: "u32",
  padding: "u32",
  dirtyBitmap: ["u64", "Address of a bit for each page."],
});

export const kvmClearDirtyLog = structure("kvm", "KvmClearDirtyLog", "Argument of KVM_CLEAR_DIRTY_LOG", {
  slot: "u32",
  numPages: "u32",
  firstPage: "u64",
  dirtyBitmap: "u64",
});

export const kvmCoalescedMmioZone = structure(
  "kvm",
  "KvmCoalescedMmioZone",
  "Argument of KVM_REGISTER_COALESCED_MMIO, KVM_UNREGISTER_COALESCED_MMIO",
  { addr: "u64", size: "u32", pio: ["u32", "1: ports."] },
);

export const kvmCoalescedMmioRing = structure(
  "kvm",
  "KvmCoalescedMmioRing",
  "The ring of coalesced writes: as many KvmCoalescedMmio follow as the page has room for",
  {
    first: ["u32", "The first that the user has not carried out: the user's."],
    last: ["u32", "Behind the last one: the kernel's."],
  },
);

export const kvmCoalescedMmio = structure("kvm", "KvmCoalescedMmio", "A write in KvmCoalescedMmioRing", {
  physAddr: "u64",
  len: ["u32", "Bytes of it, 1 to 8."],
  pio: ["u32", "1: to a port."],
  data: "u8[8]",
});

export const kvmEnableCap = structure("kvm", "KvmEnableCap", "Argument of KVM_ENABLE_CAP", {
  cap: ["u32", "KVM_CAP_*."],
  flags: "u32",
  args: "u64[4]",
  padding: "u8[64]",
});

export const kvmIrqLevel = structure("kvm", "KvmIrqLevel", "Argument of KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS", {
  irq: ["u32", "The line; KVM_IRQ_LINE_STATUS writes here what became of it."],
  level: "u32",
});

export const kvmIrqchip = structure("kvm", "KvmIrqchip", "Argument of KVM_GET_IRQCHIP, KVM_SET_IRQCHIP", {
  chipId: ["u32", "KVM_IRQCHIP_*."],
  padding: "u32",
  chip: "u8[512]",
});

export const kvmIrqchips = table("kvm", "KvmIrqchip.chipId", "u32", {
  KVM_IRQCHIP_PIC_MASTER: 0,
  KVM_IRQCHIP_PIC_SLAVE: 1,
  KVM_IRQCHIP_IOAPIC: 2,
});

export const kvmPicState = structure("kvm", "KvmPicState", "KvmIrqchip.chip of an 8259", {
  lastIrr: ["u8", "Which lines are asserted, for the next edge."],
  irr: "u8",
  imr: "u8",
  isr: "u8",
  priorityAdd: ["u8", "The line whose priority is highest."],
  irqBase: ["u8", "The first vector."],
  readRegSelect: ["u8", "1: ISR is read, 0: IRR."],
  poll: ["u8", "1: the next read is an acknowledgement."],
  specialMask: "u8",
  initState: ["u8", "The initialization command word that came last; 0: all have come."],
  autoEoi: "u8",
  rotateOnAutoEoi: "u8",
  specialFullyNestedMode: "u8",
  init4: ["u8", "1: a fourth word comes."],
  elcr: ["u8", "A bit for each line that is level-triggered."],
  elcrMask: ["u8", "And for each that can be so."],
});

export const kvmIoapicState = structure("kvm", "KvmIoapicState", "KvmIrqchip.chip of the I/O APIC", {
  baseAddress: "u64",
  ioregsel: ["u32", "The register that is accessed."],
  id: "u32",
  irr: ["u32", "A bit for each pin that is asserted, but for those whose edge was delivered."],
  padding: "u32",
  redirtbl: ["u64[24]", "Redirection entries."],
});

export const kvmIrqRouting = structure(
  "kvm",
  "KvmIrqRouting",
  "Argument of KVM_SET_GSI_ROUTING; KvmIrqRoutingEntry follow",
  { nr: "u32", flags: "u32" },
);

export const kvmIrqRoutingEntry = structure("kvm", "KvmIrqRoutingEntry", "A route behind KvmIrqRouting", {
  gsi: "u32",
  routeType: ["u32", "KVM_IRQ_ROUTING_*."],
  flags: "u32",
  padding: "u32",
  u: ["u32[8]", "Chip and pin, or low and high address, data and device of an MSI."],
});

export const kvmIrqRoutingTypes = table("kvm", "KvmIrqRoutingEntry.routeType", "u32", {
  KVM_IRQ_ROUTING_IRQCHIP: 1,
  KVM_IRQ_ROUTING_MSI: 2,
});

export const kvmMsi = structure("kvm", "KvmMsi", "Argument of KVM_SIGNAL_MSI", {
  addressLo: "u32",
  addressHi: "u32",
  data: "u32",
  flags: "u32",
  devid: "u32",
  padding: "u8[12]",
});

export const kvmIrqfd = structure("kvm", "KvmIrqfd", "Argument of KVM_IRQFD", {
  fd: "u32",
  gsi: "u32",
  flags: ["u32", "KVM_IRQFD_FLAG_*."],
  resamplefd: "u32",
  padding: "u8[16]",
});

export const kvmIoeventfd = structure("kvm", "KvmIoeventfd", "Argument of KVM_IOEVENTFD", {
  datamatch: "u64",
  addr: "u64",
  len: "u32",
  fd: "u32",
  flags: ["u32", "KVM_IOEVENTFD_FLAG_*."],
  padding: "u8[36]",
});

export const kvmEventfdFlags = table("kvm", "KvmIrqfd.flags, KvmIoeventfd.flags", "u32", {
  KVM_IRQFD_FLAG_DEASSIGN: 1,
  KVM_IRQFD_FLAG_RESAMPLE: 2,
  KVM_IOEVENTFD_FLAG_DATAMATCH: 1,
  KVM_IOEVENTFD_FLAG_PIO: 2,
  KVM_IOEVENTFD_FLAG_DEASSIGN: 4,
});

export const kvmPitConfig = structure("kvm", "KvmPitConfig", "Argument of KVM_CREATE_PIT2", {
  flags: ["u32", "KVM_PIT_SPEAKER_DUMMY."],
  padding: "u32[15]",
});

export const kvmPitFlags = table("kvm", "KvmPitConfig.flags", "u32", {
  KVM_PIT_SPEAKER_DUMMY: [1, "Port 61h is the kernel's, too."],
});

export const kvmPitChannelState = structure("kvm", "KvmPitChannelState", "A channel of KvmPitState, KvmPitState2", {
  count: ["u32", "What it counts from, 1 to 65536."],
  latchedCount: "u16",
  countLatched: ["u8", "0, or how latchedCount is read: as readState."],
  statusLatched: ["u8", "1: the next read is status."],
  status: "u8",
  readState: ["u8", "1: bits 7:0, 2: bits 15:8, 3: both, bits 7:0 next, 4: both, bits 15:8 next."],
  writeState: ["u8", "The same."],
  writeLatch: ["u8", "Bits 7:0 of a count whose bits 15:8 are to be written."],
  rwMode: ["u8", "Bits 5:4 of the control word."],
  mode: "u8",
  bcd: "u8",
  gate: "u8",
  countLoadTime: ["u64", "Nanoseconds of the kernel's clock."],
});

export const kvmPitState = structure("kvm", "KvmPitState", "Argument of KVM_GET_PIT, KVM_SET_PIT", {
  channels: ["u64[9]", "Three KvmPitChannelState."],
});

export const kvmPitStateFlags = table("kvm", "KvmPitState2.flags", "u32", {
  KVM_PIT_FLAGS_HPET_LEGACY: [1, "Channel 0 asserts no line: another timer has it."],
  KVM_PIT_FLAGS_SPEAKER_DATA_ON: [2, "Bit 1 of port 61h."],
});

export const kvmReinjectControl = structure("kvm", "KvmReinjectControl", "Argument of KVM_REINJECT_CONTROL", {
  pitReinject: ["u8", "1: ticks that the guest has missed come later; 0: they are lost."],
  reserved: "u8[31]",
});

export const kvmPitState2 = structure("kvm", "KvmPitState2", "Argument of KVM_GET_PIT2, KVM_SET_PIT2", {
  channels: ["u64[9]", "Three KvmPitChannelState."],
  flags: ["u32", "KVM_PIT_FLAGS_*."],
  reserved: "u32[9]",
});

export const kvmClockData = structure("kvm", "KvmClockData", "Argument of KVM_GET_CLOCK, KVM_SET_CLOCK", {
  clock: ["u64", "Nanoseconds."],
  flags: ["u32", "KVM_CLOCK_*."],
  padding0: "u32",
  realtime: "u64",
  hostTsc: "u64",
  padding: "u32[4]",
});

export const kvmClockFlags = table("kvm", "KvmClockData.flags", "u32", {
  KVM_CLOCK_TSC_STABLE: 2,
  KVM_CLOCK_REALTIME: 4,
  KVM_CLOCK_HOST_TSC: 8,
});

export const kvmDeviceAttr = structure(
  "kvm",
  "KvmDeviceAttr",
  "Argument of KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR",
  { flags: "u32", group: "u32", attr: "u64", addr: "u64" },
);

export const kvmMsrFilter = structure("kvm", "KvmMsrFilter", "Argument of KVM_X86_SET_MSR_FILTER", {
  flags: ["u32", "KVM_MSR_FILTER_DEFAULT_DENY."],
  padding: "u32",
  ranges: ["u64[48]", "Sixteen KvmMsrFilterRange."],
});

export const kvmMsrFilterRange = structure("kvm", "KvmMsrFilterRange", "A range of MSRs in KvmMsrFilter", {
  flags: ["u32", "KVM_MSR_FILTER_READ, KVM_MSR_FILTER_WRITE."],
  nmsrs: ["u32", "0: no range."],
  base: "u32",
  padding: "u32",
  bitmap: ["u64", "Address of a bit for each MSR: 1: allowed."],
});

export const kvmMsrFilterFlags = table("kvm", "KvmMsrFilter.flags, KvmMsrFilterRange.flags", "u32", {
  KVM_MSR_FILTER_DEFAULT_DENY: 1,
  KVM_MSR_FILTER_READ: 1,
  KVM_MSR_FILTER_WRITE: 2,
});
