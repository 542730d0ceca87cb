// What KVM_CHECK_EXTENSION announces works: for each capability the test that shows it; one without such a test fails here

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as kvm from "@bareflank/abi/kvm";
import { expect, it } from "vitest";
import { ARGUMENT, Driver, NOWHERE } from "./driver.ts";

/** Numbers that Linux may give to capabilities. */
const NUMBERS = 1000;

const here = (name: string) => join(import.meta.dirname, `${name}.test.ts`);
const files = {
  capabilities: here("capabilities"),
  coalesced: here("coalesced"),
  features: here("features"),
  ioctls: here("ioctls"),
  ioeventfd: here("ioeventfd"),
  irqchip: here("irqchip"),
  irqfd: here("irqfd"),
  msrs: here("msr-exits"),
  run: here("run"),
  slots: here("slots"),
  state: here("state"),
  apicTimer: join(import.meta.dirname, "../../../extension/test/unit/apic-timer.test.ts"),
  timer: here("interval-timer"),
  synced: here("synced-registers"),
  tsc: here("tsc"),
  /** On both KVMs. */
  api: join(import.meta.dirname, "../../../../vmm/test/e2e/kvm-api"),
  linux: join(import.meta.dirname, "../kvm.e2e.test.ts"),
} as const;

/** File and title of a test. */
type Shown = readonly [file: keyof typeof files, title: string];

const shown: Readonly<Record<string, Shown>> = {
  KVM_CAP_HLT: ["api", "runs 16-bit code: ports, in both directions"],
  KVM_CAP_MMU_SHADOW_CACHE_CONTROL: ["features", "may say how many shadow pages there shall be"],
  KVM_CAP_USER_MEMORY: ["slots", "sees the 2 MiB around it, as far as its slot has them"],
  KVM_CAP_SET_TSS_ADDR: ["ioctls", "is told where what it does not need would be"],
  KVM_CAP_EXT_CPUID: ["api", "shows the guest the CPUID that was set"],
  KVM_CAP_CLOCKSOURCE: ["state", "is written to the page that the guest names, and again when it was moved"],
  KVM_CAP_NR_VCPUS: ["api", "runs two processors at once"],
  KVM_CAP_NR_MEMSLOTS: ["capabilities", "has as many slots as it announces, and vCPUs"],
  // Guests need not wait between accesses to ports: CPUID says so
  KVM_CAP_NOP_IO_DELAY: ["ioctls", "tells CPUID's leaves to who has room for them"],
  KVM_CAP_MP_STATE: [
    "ioctls",
    "is ready to run, whatever its number: there is no interrupt controller that would wake it",
  ],
  KVM_CAP_DESTROY_MEMORY_REGION_WORKS: [
    "slots",
    "takes a slot away when no processor uses it any more, and knows what a guest may have written",
  ],
  KVM_CAP_USER_NMI: ["api", "holds a second NMI until the handler of the first has returned"],
  // QEMU does not start without, and sets routes when there is a controller
  KVM_CAP_IRQ_ROUTING: ["capabilities", "has no routes without an interrupt controller"],
  KVM_CAP_IOEVENTFD: ["api", "signals an eventfd for what a guest writes, and does not come back for that"],
  KVM_CAP_IOEVENTFD_ANY_LENGTH: ["ioeventfd", "has a port: %s"],
  KVM_CAP_IOEVENTFD_NO_LENGTH: ["ioeventfd", "has memory: %s"],
  KVM_CAP_IRQCHIP: ["irqchip", "are made once, before any vCPU"],
  KVM_CAP_IRQ_INJECT_STATUS: ["irqchip", "tell what became of a line"],
  KVM_CAP_SIGNAL_MSI: ["irqchip", "send a message: %s"],
  KVM_CAP_SPLIT_IRQCHIP: ["irqchip", "are split for a user that has as many pins as there may be"],
  KVM_CAP_VAPIC: ["irqchip", "has no accesses to its task priority to report, whoever wants them"],
  KVM_CAP_TSC_DEADLINE_TIMER: ["apicTimer", "comes at that moment, once"],
  KVM_CAP_IRQFD: ["irqfd", "raises and lowers its line each time"],
  KVM_CAP_IRQFD_RESAMPLE: ["irqfd", "asserts its line until then"],
  KVM_CAP_PIT: ["timer", "has to be there for %s, and an argument"],
  KVM_CAP_PIT2: ["timer", "raises and lowers GSI 0 at each tick"],
  KVM_CAP_PIT_STATE2: ["timer", "takes a state, and tells it again, but for what is reserved"],
  KVM_CAP_REINJECT_CONTROL: ["timer", "gives ticks again that were missed, until its user wants that no more"],
  KVM_CAP_COALESCED_MMIO: ["api", "leaves what a guest writes to memory and ports in a ring"],
  KVM_CAP_COALESCED_PIO: ["api", "leaves what a guest writes to memory and ports in a ring"],
  KVM_CAP_JOIN_MEMORY_REGIONS_WORKS: ["slots", "refuses what overlaps, and takes what is beside it"],
  KVM_CAP_MCE: ["ioctls", "has machine check banks, 1 to 32"],
  KVM_CAP_SET_IDENTITY_MAP_ADDR: ["ioctls", "is told where what it does not need would be"],
  KVM_CAP_ADJUST_CLOCK: ["state", "begins at 0 with the machine, and is where it is put"],
  KVM_CAP_INTERNAL_ERROR_DATA: ["run", "is an internal error, with its bytes, where nobody knows the instruction"],
  KVM_CAP_VCPU_EVENTS: ["state", "go over and back: %s"],
  KVM_CAP_INTR_SHADOW: ["state", "have the shadow of an instruction with them when it is said so"],
  KVM_CAP_DEBUGREGS: ["state", "refuse what no processor has"],
  KVM_CAP_ENABLE_CAP: ["msrs", "of a vCPU has it follow its CPUID in what is KVM's"],
  KVM_CAP_XSAVE: ["api", "gives and takes x87 and SSE state"],
  KVM_CAP_XCRS: ["api", "gives and takes XCR0"],
  KVM_CAP_GET_TSC_KHZ: ["ioctls", "knows its time stamp counter's speed, and whether its guest has a clock"],
  KVM_CAP_MAX_VCPUS: ["ioctls", "has vCPUs by numbers below 64, one of each"],
  KVM_CAP_SYNC_REGS: ["synced", "are left there at each exit, where the user wants them"],
  KVM_CAP_READONLY_MEM: ["api", "keeps what can only be read from the guest"],
  KVM_CAP_ENABLE_CAP_VM: ["msrs", "tells MicroV which accesses exit, and takes no reason that there is not"],
  KVM_CAP_CHECK_EXTENSION_VM: ["ioctls", "offers what there is, by numbers of 64 bits"],
  KVM_CAP_MAX_VCPU_ID: ["features", "says once how many numbers of vCPUs it needs"],
  KVM_CAP_IMMEDIATE_EXIT: ["api", "has given the guest what its user answered when a kick ends the next run"],
  KVM_CAP_GET_MSR_FEATURES: ["features", "are read up to one that is none"],
  KVM_CAP_X86_USER_SPACE_MSR: [
    "api",
    "asks its user about MSRs that a guest has not, and about values that one does not take",
  ],
  KVM_CAP_X86_MSR_FILTER: ["api", "keeps a guest from MSRs by a filter, whose refusals its user may hear of"],
  KVM_CAP_ENFORCE_PV_FEATURE_CPUID: [
    "api",
    "has a guest without what of KVM's its CPUID has not, if its user wants that",
  ],
  KVM_CAP_DISABLE_QUIRKS2: ["api", "lets MONITOR do nothing, or fault where CPUID has it not, as its user likes"],
};

const names = new Map(
  Object.entries<number | bigint>(kvm)
    .filter(([name]) => name.startsWith("KVM_CAP_"))
    .map(([name, value]) => [Number(value), name]),
);

it("announces what a test shows, and nothing else", () => {
  const driver = new Driver();
  const announced = Array.from({ length: NUMBERS }, (_, number) => number)
    .filter((number) => driver.system(kvm.KVM_CHECK_EXTENSION, number) !== 0)
    .map((number) => names.get(number) ?? `capability ${number}`);
  expect(announced.sort()).toEqual(Object.keys(shown).sort());
});

it.each(Object.entries(shown))("has a test of %s", (_, [file, title]) => {
  const path = files[file];
  const sources = file === "api" ? readdirSync(path).map((name) => join(path, name)) : [path];
  expect(sources.map((source) => readFileSync(source, "utf8")).join("")).toContain(`"${title}"`);
});

it("has as many slots as it announces, and vCPUs", () => {
  const driver = new Driver();
  const vm = driver.system(kvm.KVM_CREATE_VM);
  const slots = driver.system(kvm.KVM_CHECK_EXTENSION, kvm.KVM_CAP_NR_MEMSLOTS);
  const user = 0x7000_0000_0000n;
  for (let slot = 0; slot < slots; slot++) {
    expect(driver.slot(vm, slot, BigInt(slot) << 12n, 0x1000n, user + (BigInt(slot) << 12n)), `slot ${slot}`).toBe(0);
  }
  expect(driver.slot(vm, slots, 1n << 40n, 0x1000n, user)).toBe(-kvm.ERRNO_EINVAL);
  const vcpus = driver.system(kvm.KVM_CHECK_EXTENSION, kvm.KVM_CAP_NR_VCPUS);
  for (let number = 0; number < vcpus; number++) {
    expect(driver.vm(vm, kvm.KVM_CREATE_VCPU, number)).toBeGreaterThan(0);
  }
});

it("has no routes without an interrupt controller", () => {
  const driver = new Driver();
  const vm = driver.system(kvm.KVM_CREATE_VM);
  expect(driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, ARGUMENT)).toBe(-kvm.ERRNO_EINVAL);
  expect(driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, NOWHERE)).toBe(-kvm.ERRNO_EFAULT);
});
