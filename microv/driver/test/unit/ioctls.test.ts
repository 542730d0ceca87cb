// What each ioctl answers: its result, or its error

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { SUPPORTED_MSRS } from "../../../extension/test/model/registers.ts";
import { ARGUMENT, Driver, NOWHERE, withVcpu } from "./driver.ts";

const E = {
  TOOBIG: -kvm.ERRNO_E2BIG,
  EXIST: -kvm.ERRNO_EEXIST,
  FAULT: -kvm.ERRNO_EFAULT,
  INVAL: -kvm.ERRNO_EINVAL,
  NODEV: -kvm.ERRNO_ENODEV,
  NOMEM: -kvm.ERRNO_ENOMEM,
  NOTTY: -kvm.ERRNO_ENOTTY,
} as const;

const commands = Object.entries<number | bigint>(kvm)
  .map(([name, value]) => [name, Number(value)] as const)
  .filter(([, value]) => ((value >>> 8) & 0xff) === 0xae);

describe("an ioctl that a file does not have", () => {
  const system = new Set<number>([
    kvm.KVM_GET_API_VERSION,
    kvm.KVM_CREATE_VM,
    kvm.KVM_CHECK_EXTENSION,
    kvm.KVM_GET_VCPU_MMAP_SIZE,
    kvm.KVM_X86_GET_MCE_CAP_SUPPORTED,
    kvm.KVM_GET_MSR_INDEX_LIST,
    kvm.KVM_GET_MSR_FEATURE_INDEX_LIST,
    kvm.KVM_GET_MSRS,
    kvm.KVM_GET_SUPPORTED_CPUID,
  ]);
  const ofVm = new Set<number>([
    kvm.KVM_CHECK_EXTENSION,
    kvm.KVM_CREATE_VCPU,
    kvm.KVM_SET_USER_MEMORY_REGION,
    kvm.KVM_GET_CLOCK,
    kvm.KVM_SET_CLOCK,
    kvm.KVM_SET_TSS_ADDR,
    kvm.KVM_SET_IDENTITY_MAP_ADDR,
    kvm.KVM_ENABLE_CAP,
    kvm.KVM_X86_SET_MSR_FILTER,
    kvm.KVM_SET_GSI_ROUTING,
    kvm.KVM_SET_NR_MMU_PAGES,
    kvm.KVM_GET_NR_MMU_PAGES,
    kvm.KVM_IOEVENTFD,
    kvm.KVM_IRQFD,
    ...[kvm.KVM_CREATE_IRQCHIP, kvm.KVM_GET_IRQCHIP, kvm.KVM_SET_IRQCHIP, kvm.KVM_IRQ_LINE, kvm.KVM_IRQ_LINE_STATUS],
    kvm.KVM_SIGNAL_MSI,
    ...[kvm.KVM_CREATE_PIT, kvm.KVM_CREATE_PIT2, kvm.KVM_GET_PIT, kvm.KVM_SET_PIT, kvm.KVM_GET_PIT2, kvm.KVM_SET_PIT2],
    kvm.KVM_REINJECT_CONTROL,
    kvm.KVM_REGISTER_COALESCED_MMIO,
    kvm.KVM_UNREGISTER_COALESCED_MMIO,
  ]);
  const ofVcpu = new Set<number>([
    ...[kvm.KVM_GET_REGS, kvm.KVM_GET_SREGS, kvm.KVM_GET_DEBUGREGS, kvm.KVM_GET_XCRS, kvm.KVM_GET_FPU],
    ...[kvm.KVM_GET_XSAVE, kvm.KVM_GET_VCPU_EVENTS, kvm.KVM_GET_MP_STATE, kvm.KVM_SET_REGS, kvm.KVM_SET_SREGS],
    ...[kvm.KVM_SET_DEBUGREGS, kvm.KVM_SET_XCRS, kvm.KVM_SET_FPU, kvm.KVM_SET_XSAVE, kvm.KVM_SET_VCPU_EVENTS],
    ...[kvm.KVM_SET_MP_STATE, kvm.KVM_INTERRUPT, kvm.KVM_X86_SETUP_MCE, kvm.KVM_GET_MSRS, kvm.KVM_SET_MSRS],
    ...[kvm.KVM_SET_CPUID2, kvm.KVM_GET_CPUID2, kvm.KVM_NMI, kvm.KVM_GET_TSC_KHZ, kvm.KVM_KVMCLOCK_CTRL],
    ...[kvm.KVM_SET_SIGNAL_MASK, kvm.KVM_ENABLE_CAP, kvm.KVM_GET_LAPIC, kvm.KVM_SET_LAPIC],
    ...[kvm.KVM_TPR_ACCESS_REPORTING, kvm.KVM_SET_VAPIC_ADDR],
  ]);

  it("is ENOTTY, whatever the KVM API calls it, and leaves nothing behind", () => {
    const { driver, vm, vcpu } = withVcpu();
    const before = driver.taken;
    const answers = (known: ReadonlySet<number>, call: (command: number) => number) =>
      commands.filter(([, command]) => !known.has(command)).map(([name, command]) => [name, call(command)]);
    const all = [
      ...answers(system, (command) => driver.system(command, ARGUMENT)),
      ...answers(ofVm, (command) => driver.vm(vm, command, ARGUMENT)),
      ...answers(ofVcpu, (command) => driver.vcpu(vcpu, command, ARGUMENT)),
    ];
    expect(all.length).toBeGreaterThan(175);
    expect(all.filter(([, result]) => result !== E.NOTTY)).toEqual([]);
    expect(driver.taken).toEqual(before);
  });

  it("is one with another size, too", () => {
    const { driver, vcpu } = withVcpu();
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS + 0x1_0000, ARGUMENT)).toBe(E.NOTTY);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS ^ 0xc000_0000, ARGUMENT)).toBe(E.NOTTY);
  });
});

describe("/dev/kvm", () => {
  it("has version 12, three pages for each vCPU, and takes no argument for that", () => {
    const driver = new Driver();
    expect(driver.system(kvm.KVM_GET_API_VERSION)).toBe(12);
    expect(driver.system(kvm.KVM_GET_API_VERSION, 1)).toBe(E.INVAL);
    expect(driver.system(kvm.KVM_GET_VCPU_MMAP_SIZE)).toBe(12_288);
    expect(driver.system(kvm.KVM_GET_VCPU_MMAP_SIZE, 1)).toBe(E.INVAL);
    expect(driver.system(kvm.KVM_CREATE_VM, 1)).toBe(E.INVAL);
    expect(driver.taken.files).toBe(0);
  });

  it("offers what there is, by numbers of 64 bits", () => {
    const driver = new Driver();
    const vm = driver.system(kvm.KVM_CREATE_VM);
    const offered: Record<number, number> = {
      [kvm.KVM_CAP_USER_MEMORY]: 1,
      [kvm.KVM_CAP_NR_MEMSLOTS]: 509,
      [kvm.KVM_CAP_MAX_VCPUS]: 64,
      [kvm.KVM_CAP_MAX_VCPU_ID]: 64,
      [kvm.KVM_CAP_MCE]: 32,
      [kvm.KVM_CAP_IRQCHIP]: 1,
      [kvm.KVM_CAP_SYNC_MMU]: 0,
      [kvm.KVM_CAP_ENABLE_CAP]: 1,
      [kvm.KVM_CAP_X86_USER_SPACE_MSR]: 1,
      [kvm.KVM_CAP_DISABLE_QUIRKS2]:
        kvm.KVM_X86_QUIRK_LAPIC_MMIO_HOLE |
        kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT |
        kvm.KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS |
        kvm.KVM_X86_QUIRK_FIX_HYPERCALL_INSN,
    };
    for (const [number, worth] of Object.entries(offered)) {
      expect(driver.system(kvm.KVM_CHECK_EXTENSION, BigInt(number))).toBe(worth);
      expect(driver.vm(vm, kvm.KVM_CHECK_EXTENSION, BigInt(number))).toBe(worth);
    }
    expect(driver.system(kvm.KVM_CHECK_EXTENSION, 0x1_0000_0003n)).toBe(0);
    expect(driver.system(kvm.KVM_CHECK_EXTENSION, 0xffff_ffff_ffff_ffffn)).toBe(0);
  });

  it("tells MSRs to who has room for them, and how many there are to the others", () => {
    const driver = new Driver();
    const count = SUPPORTED_MSRS.length;
    driver.fill(0xaa);
    driver.poke(0, 4, count - 1);
    expect(driver.system(kvm.KVM_GET_MSR_INDEX_LIST, ARGUMENT)).toBe(E.TOOBIG);
    expect([driver.peek(0, 4), driver.peek(4, 4)]).toEqual([BigInt(count), 0xaaaa_aaaan]);
    expect(driver.system(kvm.KVM_GET_MSR_INDEX_LIST, ARGUMENT)).toBe(0);
    expect(SUPPORTED_MSRS.map((_, index) => Number(driver.peek(4 + 4 * index, 4)))).toEqual(SUPPORTED_MSRS);
    expect(driver.peek(4 + 4 * count, 4)).toBe(0xaaaa_aaaan);
    expect(driver.system(kvm.KVM_GET_MSR_INDEX_LIST, NOWHERE)).toBe(E.FAULT);
    driver.linux.failAllocation = 1;
    expect(driver.system(kvm.KVM_GET_MSR_INDEX_LIST, ARGUMENT)).toBe(E.NOMEM);
    driver.isThere = false;
    expect(driver.system(kvm.KVM_GET_MSR_INDEX_LIST, ARGUMENT)).toBe(E.NODEV);
    expect(driver.taken.allocations).toBe(0);
  });

  it("tells CPUID's leaves to who has room for them", () => {
    const driver = new Driver();
    driver.poke(0, 4, 100);
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, ARGUMENT)).toBe(0);
    const count = Number(driver.peek(0, 4));
    const word = (entry: number, offset: number) => Number(driver.peek(8 + 40 * entry + offset, 4));
    const entries = Array.from({ length: count }, (_, i) => [0, 4, 8].map((offset) => word(i, offset)));
    expect(entries).toEqual([
      ...[0, 1, 2, 3].map((leaf) => [leaf, 0, 0]),
      ...[0, 1, 2].map((subleaf) => [4, subleaf, 1]),
      ...[5, 6].map((leaf) => [leaf, 0, 0]),
      [7, 0, 1],
      ...[8, 9, 10, 11, 12].map((leaf) => [leaf, 0, 0]),
      ...[0, 1, 2].map((subleaf) => [13, subleaf, 1]),
      [0x4000_0000, 0, 0],
      [0x4000_0001, 0, 0],
      ...Array.from({ length: 9 }, (_, i) => [0x8000_0000 + i, 0, 0]),
    ]);
    expect(word(2, kvm.KVM_CPUID_ENTRY2_EAX)).toBe(2);
    driver.poke(0, 4, count - 1);
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, ARGUMENT)).toBe(E.TOOBIG);
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, NOWHERE)).toBe(E.FAULT);
    // Its first page is there, the second not
    driver.memory.poke(ARGUMENT + 0x7ff8n, 4, 100n);
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, ARGUMENT + 0x7ff8n)).toBe(E.FAULT);
    driver.linux.failAllocation = 1;
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, ARGUMENT)).toBe(E.NOMEM);
    driver.isThere = false;
    expect(driver.system(kvm.KVM_GET_SUPPORTED_CPUID, ARGUMENT)).toBe(E.NODEV);
    expect(driver.taken.allocations).toBe(0);
  });

  it("tells what machine checks there are", () => {
    const driver = new Driver();
    expect(driver.system(kvm.KVM_X86_GET_MCE_CAP_SUPPORTED, ARGUMENT)).toBe(0);
    expect(driver.peek(0, 8)).toBe(0x100_0100n);
    expect(driver.system(kvm.KVM_X86_GET_MCE_CAP_SUPPORTED, NOWHERE)).toBe(E.FAULT);
    driver.linux.failAllocation = 1;
    expect(driver.system(kvm.KVM_X86_GET_MCE_CAP_SUPPORTED, ARGUMENT)).toBe(E.NOMEM);
    expect(driver.taken.allocations).toBe(0);
  });
});

describe("a machine", () => {
  it("wants a hypervisor, and its memory", () => {
    const driver = new Driver();
    driver.isThere = false;
    expect(driver.system(kvm.KVM_CREATE_VM)).toBe(E.NODEV);
    driver.isThere = true;
    driver.microv.refuse = (call) => (call === mv.MV_VM_CREATE ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
    expect(driver.system(kvm.KVM_CREATE_VM)).toBe(E.NOMEM);
    expect(driver.taken).toMatchObject({ allocations: 0, files: 0, objects: [0, 0, 0] });
  });

  it("has vCPUs by numbers below 64, one of each", () => {
    const driver = new Driver();
    const vm = driver.system(kvm.KVM_CREATE_VM);
    const create = (number: bigint) => driver.vm(vm, kvm.KVM_CREATE_VCPU, number);
    const first = create(0n);
    expect(create(0n)).toBe(E.EXIST);
    expect(create(64n)).toBe(E.INVAL);
    expect(create(0x1_0000_0000n)).toBe(E.INVAL);
    const last = create(63n);
    expect(driver.microv.objects).toEqual([1, 2, 2]);
    driver.closeVcpu(first);
    const again = create(0n);
    expect(again).toBeGreaterThan(0);
    for (const file of [last, again]) driver.closeVcpu(file);
    driver.closeVm(vm);
    expect(driver.taken).toEqual(new Driver().taken);
  });

  it("is told where what it does not need would be", () => {
    const { driver, vm } = withVcpu();
    expect(driver.vm(vm, kvm.KVM_SET_TSS_ADDR, 0xffff_d000n)).toBe(0);
    expect(driver.vm(vm, kvm.KVM_SET_TSS_ADDR, 0xffff_d001n)).toBe(E.INVAL);
    expect(driver.vm(vm, kvm.KVM_SET_IDENTITY_MAP_ADDR, ARGUMENT)).toBe(0);
    expect(driver.vm(vm, kvm.KVM_SET_IDENTITY_MAP_ADDR, NOWHERE)).toBe(E.FAULT);
    expect(driver.vm(vm, kvm.KVM_SET_USER_MEMORY_REGION, NOWHERE)).toBe(E.FAULT);
  });
});

describe("a vCPU", () => {
  const blocks = [
    ["REGS", kvm.KVM_GET_REGS, kvm.KVM_SET_REGS],
    ["SREGS", kvm.KVM_GET_SREGS, kvm.KVM_SET_SREGS],
    ["DEBUGREGS", kvm.KVM_GET_DEBUGREGS, kvm.KVM_SET_DEBUGREGS],
    ["XCRS", kvm.KVM_GET_XCRS, kvm.KVM_SET_XCRS],
    ["FPU", kvm.KVM_GET_FPU, kvm.KVM_SET_FPU],
    ["XSAVE", kvm.KVM_GET_XSAVE, kvm.KVM_SET_XSAVE],
    ["VCPU_EVENTS", kvm.KVM_GET_VCPU_EVENTS, kvm.KVM_SET_VCPU_EVENTS],
    ["MP_STATE", kvm.KVM_GET_MP_STATE, kvm.KVM_SET_MP_STATE],
  ] as const;

  it.each(blocks)("gets and sets KVM_*_%s, and takes no address where nothing is", (_, get, set) => {
    const { driver, vcpu } = withVcpu();
    expect(driver.vcpu(vcpu, get, ARGUMENT)).toBe(0);
    expect(driver.vcpu(vcpu, set, ARGUMENT)).toBe(0);
    const bytes = (get >>> 16) & 0x3fff;
    // What it has set is what it gets
    const before = driver.memory.read(ARGUMENT, bytes);
    driver.fill(0xee);
    expect(driver.vcpu(vcpu, get, ARGUMENT)).toBe(0);
    expect(driver.memory.read(ARGUMENT, bytes)).toEqual(before);
    expect(driver.peek(bytes, 8)).toBe(0xeeee_eeee_eeee_eeeen);
    for (const at of [NOWHERE, 0n, 0xffff_8880_0000_0000n, ARGUMENT + 0x8000n - BigInt(bytes) + 1n]) {
      expect(driver.vcpu(vcpu, get, at)).toBe(E.FAULT);
      expect(driver.vcpu(vcpu, set, at)).toBe(E.FAULT);
    }
  });

  it.each(blocks.slice(0, 7))("says ENODEV or EINVAL of KVM_*_%s when MicroV refuses it", (_, get, set) => {
    const { driver, vcpu } = withVcpu();
    expect(driver.vcpu(vcpu, get, ARGUMENT)).toBe(0);
    driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG1;
    expect(driver.vcpu(vcpu, get, ARGUMENT)).toBe(E.NODEV);
    expect([E.NODEV, E.INVAL]).toContain(driver.vcpu(vcpu, set, ARGUMENT));
  });

  it("is ready to run, whatever its number: there is no interrupt controller that would wake it", () => {
    const { driver, vm, vcpu } = withVcpu();
    const second = driver.vm(vm, kvm.KVM_CREATE_VCPU, 1);
    for (const file of [vcpu, second]) {
      expect(driver.vcpu(file, kvm.KVM_GET_MP_STATE, ARGUMENT)).toBe(0);
      expect(driver.peek(0, 4)).toBe(BigInt(kvm.KVM_MP_STATE_RUNNABLE));
    }
    for (const state of [1, 2, 3, 4, 0xffff_ffff]) {
      driver.poke(0, 4, state);
      expect(driver.vcpu(vcpu, kvm.KVM_SET_MP_STATE, ARGUMENT)).toBe(E.INVAL);
    }
  });

  it("knows its time stamp counter's speed, and whether its guest has a clock", () => {
    const { driver, vcpu } = withVcpu();
    expect(driver.vcpu(vcpu, kvm.KVM_GET_TSC_KHZ)).toBe(2_000_000);
    expect(driver.vcpu(vcpu, kvm.KVM_KVMCLOCK_CTRL)).toBe(E.INVAL);
  });

  it("has a set of signals of 8 bytes, or none", () => {
    const { driver, vcpu } = withVcpu();
    const file = driver.linux.files.get(vcpu);
    driver.poke(0, 4, 8);
    driver.poke(4, 8, 0x1234_5678_9abc_def0n);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_SIGNAL_MASK, ARGUMENT)).toBe(0);
    expect(file?.signals).toBe(0x1234_5678_9abc_def0n);
    for (const length of [0, 4, 9, 128]) {
      driver.poke(0, 4, length);
      expect(driver.vcpu(vcpu, kvm.KVM_SET_SIGNAL_MASK, ARGUMENT)).toBe(E.INVAL);
    }
    expect(driver.vcpu(vcpu, kvm.KVM_SET_SIGNAL_MASK, NOWHERE)).toBe(E.FAULT);
    driver.memory.poke(ARGUMENT + 0x7ffcn, 4, 8n);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_SIGNAL_MASK, ARGUMENT + 0x7ffcn)).toBe(E.FAULT);
    expect(file?.signals).toBe(0x1234_5678_9abc_def0n);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_SIGNAL_MASK, 0n)).toBe(0);
    expect(file?.signals).toBeUndefined();
  });

  it("has machine check banks, 1 to 32", () => {
    const { driver, vcpu } = withVcpu();
    const setUp = (value: bigint) => {
      driver.poke(0, 8, value);
      return driver.vcpu(vcpu, kvm.KVM_X86_SETUP_MCE, ARGUMENT);
    };
    expect([setUp(0x100_0120n), setUp(1n)]).toEqual([0, 0]);
    expect(driver.vs().registers.readMsr(0x179)).toBe(1n);
    expect([0n, 33n, 0x201n, 1n << 63n, 0x100_0100n].map(setUp)).toEqual(Array(5).fill(E.INVAL));
    expect(driver.vs().registers.readMsr(0x179)).toBe(1n);
    expect(driver.vcpu(vcpu, kvm.KVM_X86_SETUP_MCE, NOWHERE)).toBe(E.FAULT);
    driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG1;
    expect(setUp(1n)).toBe(E.NODEV);
  });
});

describe("the leaves of a vCPU", () => {
  const entry = (driver: Driver, index: number, leaf: number) => {
    for (let word = 0; word < 10; word++)
      driver.poke(8 + 40 * index + 4 * word, 4, word === 0 ? leaf : 0x100 * index + word);
  };
  const give = (driver: Driver, vcpu: number, leaves: readonly number[]) => {
    driver.poke(0, 4, leaves.length);
    for (const [index, leaf] of leaves.entries()) entry(driver, index, leaf);
    return driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, ARGUMENT);
  };
  const tell = (driver: Driver, vcpu: number, room: number) => {
    driver.fill(0);
    driver.poke(0, 4, room);
    const result = driver.vcpu(vcpu, kvm.KVM_GET_CPUID2, ARGUMENT);
    const count = result === 0 ? Number(driver.peek(0, 4)) : 0;
    return { result, leaves: Array.from({ length: count }, (_, i) => Number(driver.peek(8 + 40 * i, 4))) };
  };

  it("are those that it was given, with all their words", () => {
    const { driver, vcpu } = withVcpu();
    expect(tell(driver, vcpu, 0)).toEqual({ result: 0, leaves: [] });
    expect(give(driver, vcpu, [0, 1, 7])).toBe(0);
    expect(driver.vs().cpuidCount).toBe(3);
    const words = new Uint32Array(driver.vs().cpuids.slice(0, 96).buffer);
    expect([...words.slice(8, 16)]).toEqual([1, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0]);
    expect(tell(driver, vcpu, 3)).toEqual({ result: 0, leaves: [0, 1, 7] });
    expect(tell(driver, vcpu, 2)).toEqual({ result: E.TOOBIG, leaves: [] });
    expect(driver.peek(0, 4)).toBe(3n);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_CPUID2, NOWHERE)).toBe(E.FAULT);
  });

  /** With bits of which the model cannot know whether a processor has them. */
  const setCr4 = (driver: Driver, value: bigint) => {
    const { registers } = driver.vs();
    const get = registers.get.bind(registers);
    registers.get = (number) => (number === mv.MV_REG_CR4 ? value : get(number));
  };

  it("show the guest's registers as they are", () => {
    const { driver, vcpu } = withVcpu();
    driver.fill(0);
    const entries = [
      [1, 0, 0, 0, 0, 1 << 27, 0],
      [7, 0, 1, 0, 0, 0, 0],
      [7, 1, 1, 0, 0, 0x10, 0],
      [0xd, 0, 1, 7, 9, 9, 0],
      [0xd, 1, 1, 7, 5, 0, 0],
      [0xd, 2, 1, 0x100, 0x240, 0, 0],
      [0xd, 9, 1, 8, 0xa80, 0, 0],
    ];
    driver.poke(0, 4, entries.length);
    for (const [i, words] of entries.entries()) {
      for (const [j, word] of words.entries()) driver.poke(8 + 40 * i + 4 * j, 4, word);
    }
    expect(driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, ARGUMENT)).toBe(0);
    const told = () => {
      expect(driver.vcpu(vcpu, kvm.KVM_GET_CPUID2, ARGUMENT)).toBe(0);
      return entries.map((_, i) => [Number(driver.peek(8 + 40 * i + 16, 4)), Number(driver.peek(8 + 40 * i + 20, 4))]);
    };
    const [plain, rest] = [
      [0, 0],
      [0x240, 0],
    ];
    expect(told()).toEqual([plain, plain, [0, 0x10], [576, 9], [5, 0], rest, [0xa80, 0]]);
    setCr4(driver, (1n << 18n) | (1n << 22n));
    driver.vs().registers.set(mv.MV_REG_XCR0, 7n);
    expect(told()).toEqual([[0, 1 << 27], [0, 0x10], [0, 0x10], [0x340, 9], [5, 0], rest, [0xa80, 0]]);
  });

  it("are the guest's for good when it has run", () => {
    const { driver, vcpu } = withVcpu();
    expect(give(driver, vcpu, [0, 1, 7])).toBe(0);
    driver.onRun = () => mv.MV_EXIT_HLT;
    expect(driver.run(vcpu)).toBe(0);
    setCr4(driver, 1n << 18n);
    expect(give(driver, vcpu, [0, 1, 7])).toBe(0);
    expect(give(driver, vcpu, [0, 1])).toBe(E.INVAL);
    expect(give(driver, vcpu, [0, 1, 8])).toBe(E.INVAL);
    expect(tell(driver, vcpu, 3)).toEqual({ result: 0, leaves: [0, 1, 7] });
  });

  it("stay as they are when others are refused", () => {
    const { driver, vcpu } = withVcpu();
    expect(give(driver, vcpu, [0, 1, 7])).toBe(0);
    driver.poke(0, 4, mv.MV_MAX_CPUIDS + 1);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, ARGUMENT)).toBe(E.TOOBIG);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, NOWHERE)).toBe(E.FAULT);
    driver.memory.poke(ARGUMENT + 0x7fe0n, 4, 5n);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, ARGUMENT + 0x7fe0n)).toBe(E.FAULT);
    driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG1;
    expect(give(driver, vcpu, [9])).toBe(E.NODEV);
    driver.microv.refuse = () => undefined;
    expect(tell(driver, vcpu, 3)).toEqual({ result: 0, leaves: [0, 1, 7] });
  });

  it("are at most as many as MicroV has", () => {
    const { driver, vcpu } = withVcpu();
    const most = Array.from({ length: mv.MV_MAX_CPUIDS }, (_, index) => index);
    expect(give(driver, vcpu, most)).toBe(0);
    expect(tell(driver, vcpu, most.length)).toEqual({ result: 0, leaves: most });
    expect(give(driver, vcpu, [])).toBe(0);
    expect(tell(driver, vcpu, 5)).toEqual({ result: 0, leaves: [] });
  });
});

describe("MSRs", () => {
  const access = (driver: Driver, vcpu: number, command: number, entries: readonly (readonly [number, bigint])[]) => {
    driver.poke(0, 4, entries.length);
    for (const [index, [number, value]] of entries.entries()) {
      driver.poke(8 + 16 * index, 4, number);
      driver.poke(8 + 16 * index + 8, 8, value);
    }
    const result = driver.vcpu(vcpu, command, ARGUMENT);
    return { result, values: entries.map((_, index) => driver.peek(8 + 16 * index + 8, 8)) };
  };

  it("are read and written up to one that is not there, or refuses", () => {
    const { driver, vcpu } = withVcpu();
    const set = access(driver, vcpu, kvm.KVM_SET_MSRS, [
      [0xc000_0081, 5n],
      [0x277, 2n],
      [0x8b, 7n],
    ]);
    expect(set.result).toBe(1);
    const get = access(driver, vcpu, kvm.KVM_GET_MSRS, [
      [0xc000_0081, 0n],
      [0x277, 0n],
      [0x8b, 9n],
      [0x1234, 8n],
      [0x8b, 9n],
    ]);
    expect(get).toEqual({ result: 3, values: [5n, 0x0007_0406_0007_0406n, 0n, 8n, 9n] });
  });

  it("go over in parts, and at most 255 at once", () => {
    const { driver, vcpu } = withVcpu();
    // Status, address and more of the banks of machine checks
    const many = Array.from({ length: 255 }, (_, index): [number, bigint] => [
      0x401 + 4 * (index % 32) + (Math.floor(index / 32) % 3),
      BigInt(index),
    ]);
    expect(access(driver, vcpu, kvm.KVM_SET_MSRS, many).result).toBe(255);
    const { result, values } = access(driver, vcpu, kvm.KVM_GET_MSRS, many);
    expect(result).toBe(255);
    const last = new Map(many);
    expect(values).toEqual(many.map(([number]) => last.get(number)));
    // One in the second part is not there
    const broken = many.map((entry, index): [number, bigint] => (index === 250 ? [0x1234, 0n] : entry));
    expect(access(driver, vcpu, kvm.KVM_GET_MSRS, broken).result).toBe(250);
    expect(access(driver, vcpu, kvm.KVM_SET_MSRS, broken).result).toBe(250);
    driver.poke(0, 4, 256);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_MSRS, ARGUMENT)).toBe(E.TOOBIG);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_MSRS, ARGUMENT)).toBe(E.TOOBIG);
    driver.poke(0, 4, 0);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_MSRS, ARGUMENT)).toBe(0);
  });

  it("want their list where it can be read, and written", () => {
    const { driver, vcpu } = withVcpu();
    const end = ARGUMENT + 0x8000n;
    for (const command of [kvm.KVM_GET_MSRS, kvm.KVM_SET_MSRS]) {
      expect(driver.vcpu(vcpu, command, NOWHERE)).toBe(E.FAULT);
      driver.memory.poke(end - 16n, 4, 1n);
      expect(driver.vcpu(vcpu, command, end - 16n)).toBe(E.FAULT);
    }
    driver.linux.mapUser(NOWHERE, 4096, { readOnly: true });
    // An empty list, which nobody has to write
    expect(driver.vcpu(vcpu, kvm.KVM_GET_MSRS, NOWHERE)).toBe(0);
    driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG1;
    expect(access(driver, vcpu, kvm.KVM_GET_MSRS, [[0x8b, 0n]]).result).toBe(E.NODEV);
  });
});
