// The same source on AMD and Intel: what it reads and writes of a VS, by each vendor's own numbers

import { readFileSync } from "node:fs";
import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildFixtures, fixtureModule } from "./fixtures.ts";

interface Unit {
  get(register: number): bigint;
  set(register: number, value: bigint): void;
  intercept(instruction: number, wanted: number): void;
  interceptCr4(wanted: number): void;
  shadow(wanted: number): number;
  raise(vector: number, errorCode: number): void;
  deliverAgain(reason: bigint): void;
  unasked(reason: bigint): number;
  kind(reason: bigint): number;
  cpuid(leaf: number): void;
  useAmd(): void;
  rights(attributes: bigint): bigint;
  attributes(rights: bigint): bigint;
  io(qualification: bigint, instruction: bigint): bigint;
  data(address: bigint, bytes: number, isWrite: number): bigint;
  port(number: number, bytes: number): bigint;
  behind(hits: bigint): void;
  between(hits: bigint): number;
}

const VSID = 5;
/** Next.AdvanceAndRun, Run and Fail. */
const [SKIP, RUN, FAIL] = [0, 1, 3];

/** Registers of the VS by their numbers, and the TCB by offsets. */
const registers = new Map<number, bigint>();
const tcb = new Map<number, bigint>();
/** MSRs that the processor has, besides those of a VS. */
const msrs = new Map<bigint, bigint>();
let intel = false;
/** CR0 of a VM, unless a test says otherwise: protected mode, where exceptions have error codes. */
const PROTECTED = 1n;
/** What the processor answers to CPUID in each register. */
let hostCpuid = 0n;
/** The VS that exited was destroyed, and VS 9 is active. */
let isGone = false;
let output = 0n;
let log = "";
/** CPUID 0Dh: x87, SSE, AVX, and AVX-512. */
const XCR0_SUPPORTED = 0xe7n;

const unsigned = (value: bigint) => BigInt.asUintN(64, value);

const imports = {
  vendor: { isIntel: () => (intel ? 1 : 0) },
  tcb: {
    tcbLoad16: () => 0,
    tcbLoad32: (offset: number) => (offset === abi.TCB_ACTIVE_VM ? abi.ROOT_VMID : isGone ? 9 : VSID),
    tcbLoad64: (offset: number) => tcb.get(offset) ?? 0n,
    tcbStore64: (offset: number, value: bigint) => tcb.set(offset, unsigned(value)),
    cpuidToGuest: () => {
      for (const register of [abi.TCB_RAX, abi.TCB_RBX, abi.TCB_RCX, abi.TCB_RDX]) tcb.set(register, hostCpuid);
    },
  },
  cpuid: { cpuidRegister: () => 0, cpuidEdx: () => 0, cpuidEaxEdx: () => XCR0_SUPPORTED },
  instance: { isShared: () => 0, requireOwnInstance: () => undefined },
  log: {
    beginLine: () => undefined,
    isWanted: () => 1,
    lineLength: () => 0,
    lineText: () => 0n,
    append: () => undefined,
  },
  memory: new Proxy({}, { get: () => () => 0n }),
  syscall: {
    callValue: (call: number, vsid: bigint, register: bigint) => {
      if (isGone) throw new Error("assertion failed");
      expect([call, vsid]).toEqual([abi.SYSCALL_VS_READ, BigInt(VSID)]);
      return (
        registers.get(Number(register)) ??
        (Number(register) === (intel ? abi.INTEL_REG_CR0 : abi.AMD_REG_CR0) ? PROTECTED : 0n)
      );
    },
    callStatus: (call: number, first: bigint, second: bigint, third: bigint) => {
      if (call === abi.SYSCALL_VS_WRITE) registers.set(Number(second), unsigned(third));
      if (call === abi.SYSCALL_INTRINSIC_WRMSR) return msrs.has(unsigned(first)) ? 0n : 1n;
      return 0n;
    },
    callWithOutput: (call: number, msr: bigint) => {
      if (call === abi.SYSCALL_VS_READ) return isGone ? 1n : 0n;
      output = msrs.get(unsigned(msr)) ?? 0n;
      return msrs.has(unsigned(msr)) ? 0n : 1n;
    },
    callOutput: () => output,
    callDebug: () => {
      log += "line";
    },
    assertionFailed: () => {
      throw new Error("assertion failed");
    },
    callOrZero: () => 0n,
    useDispatcher: () => undefined,
    useFailHandler: () => undefined,
  },
};

type Vendor = "amd" | "intel";
let units: Record<Vendor, Unit>;
let unit: Unit;

beforeAll(async () => {
  await buildFixtures(["vendor-unit"], "library");
  const module = new WebAssembly.Module(readFileSync(fixtureModule("vendor-unit")));
  const anything = new Proxy(imports, {
    get: (target, name) => Reflect.get(target, name) ?? new Proxy({}, { get: () => () => 0n }),
  });
  // Modules take what they keep of the vendor when they come to life
  const begin = (vendor: Vendor) => {
    intel = vendor === "intel";
    return new WebAssembly.Instance(module, anything).exports as unknown as Unit;
  };
  units = { amd: begin("amd"), intel: begin("intel") };
});

beforeEach(() => {
  registers.clear();
  tcb.clear();
  msrs.clear();
  log = "";
  isGone = false;
  on("amd");
});

const on = (vendor: Vendor) => {
  intel = vendor === "intel";
  unit = units[vendor];
};
const read = (register: number) => registers.get(register) ?? 0n;

describe("registers", () => {
  it("have the number that this processor's vendor gave them", () => {
    on("amd");
    unit.set(abi.REG_RIP, 0x1234n);
    on("intel");
    unit.set(abi.REG_RIP, 0x5678n);
    expect([read(abi.AMD_REG_RIP), read(abi.INTEL_REG_RIP)]).toEqual([0x1234n, 0x5678n]);
    expect(unit.get(abi.REG_RIP)).toBe(0x5678n);
  });

  it.each([
    ["64-bit code", 0xa9bn, 0xa09bn],
    ["data that was not used yet", 0xc92n, 0xc093n],
    ["a busy task", 0x8bn, 0x8bn],
    ["a local descriptor table", 0x82n, 0x82n],
    ["nothing, with a privilege level", 0x60n, 0x1_0060n],
  ])("have attributes of segments in one format: %s", (_name, attributes, accessRights) => {
    expect(unit.rights(attributes)).toBe(accessRights);
    expect(unit.attributes(accessRights)).toBe(attributes === 0xc92n ? 0xc93n : attributes);
    on("intel");
    unit.set(abi.REG_CS_ATTRIB, attributes);
    expect(read(abi.INTEL_REG_CS_ATTRIB)).toBe(accessRights);
    on("amd");
    unit.set(abi.REG_CS_ATTRIB, attributes);
    expect(read(abi.AMD_REG_CS_ATTRIB)).toBe(attributes);
  });

  it("have the privilege level in SS on Intel", () => {
    on("intel");
    unit.set(abi.REG_SS_ATTRIB, 0xc93n);
    unit.set(abi.REG_CPL, 3n);
    expect(read(abi.INTEL_REG_SS_ATTRIB)).toBe(0xc0f3n);
    expect(unit.get(abi.REG_CPL)).toBe(3n);
  });

  it("show control registers as the VM sees them", () => {
    on("intel");
    registers.set(abi.INTEL_REG_CR4, 0x2620n);
    registers.set(abi.INTEL_REG_CR4_GUEST_HOST_MASK, 0x2000n);
    registers.set(abi.INTEL_REG_CR4_READ_SHADOW, 0x40n);
    expect(unit.get(abi.REG_CR4)).toBe(0x620n);
    unit.set(abi.REG_CR4, 0x2020n);
    expect(unit.get(abi.REG_CR4)).toBe(0x2020n);
  });

  it("change the mode of entries with EFER.LMA", () => {
    on("intel");
    registers.set(abi.INTEL_REG_VMENTRY_CTLS, 0xc004n);
    unit.set(abi.REG_EFER, 0xd01n);
    expect(read(abi.INTEL_REG_VMENTRY_CTLS)).toBe(0xc204n);
    unit.set(abi.REG_EFER, 0x801n);
    expect(read(abi.INTEL_REG_VMENTRY_CTLS)).toBe(0xc004n);
  });

  it("that the other vendor has are refused with a line that says why", () => {
    on("intel");
    expect(() => unit.useAmd()).toThrow("assertion failed");
    expect(log).toBe("line");
    on("amd");
    unit.useAmd();
  });
});

describe("intercepts", () => {
  it("are bits of each vendor's own controls", () => {
    on("amd");
    unit.intercept(abi.INTERCEPT_HLT, 1);
    expect(read(abi.AMD_REG_INTERCEPT_INSTRUCTION1)).toBe(1n << 24n);
    on("intel");
    unit.intercept(abi.INTERCEPT_HLT, 1);
    unit.intercept(abi.INTERCEPT_WBINVD, 1);
    expect(read(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(1n << 7n);
    expect(read(abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(1n << 6n);
    unit.intercept(abi.INTERCEPT_HLT, 0);
    expect(read(abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS)).toBe(0n);
  });

  it("change nothing on Intel for what exits always", () => {
    on("intel");
    unit.intercept(abi.INTERCEPT_CPUID, 1);
    unit.intercept(abi.INTERCEPT_XSETBV, 0);
    expect(registers.size).toBe(0);
  });

  it("of CR4 are a mask on Intel, with what the VM sees as the shadow", () => {
    on("intel");
    registers.set(abi.INTEL_REG_CR4, 0x2620n);
    registers.set(abi.INTEL_REG_CR4_GUEST_HOST_MASK, 0x2000n);
    unit.interceptCr4(1);
    expect(read(abi.INTEL_REG_CR4_GUEST_HOST_MASK)).toBe(0xffff_ffff_ffff_ffffn);
    expect(read(abi.INTEL_REG_CR4_READ_SHADOW)).toBe(0x620n);
    unit.interceptCr4(0);
    expect(read(abi.INTEL_REG_CR4_GUEST_HOST_MASK)).toBe(0x2000n);
  });
});

describe("events", () => {
  it("are one word on AMD, and two fields on Intel", () => {
    on("amd");
    unit.raise(14, 0x15);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x15_8000_0b0en);
    on("intel");
    unit.raise(14, 0x15);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0b0en);
    expect(read(abi.INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE)).toBe(0x15n);
  });

  it("have no error code in real mode", () => {
    for (const [vendor, cr0, event] of [
      ["amd", abi.AMD_REG_CR0, abi.AMD_REG_EVENTINJ],
      ["intel", abi.INTEL_REG_CR0, abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD],
    ] as const) {
      on(vendor);
      registers.set(cr0, 0x10n);
      unit.raise(13, 0x15);
      expect(read(event)).toBe(0x8000_030dn);
    }
  });

  it("that are faults are pushed with RF set, traps and aborts are not", () => {
    const RF = 1n << 16n;
    for (const [vendor, flags] of [
      ["amd", abi.AMD_REG_RFLAGS],
      ["intel", abi.INTEL_REG_RFLAGS],
    ] as const) {
      for (let vector = 0; vector < 22; vector++) {
        on(vendor);
        registers.set(flags, 0x202n);
        unit.raise(vector, 0);
        expect(read(flags), `${vendor} ${vector}`).toBe([1, 2, 3, 4, 8, 18].includes(vector) ? 0x202n : 0x202n | RF);
      }
    }
  });

  it("that an exit interrupted are delivered again, a software interrupt with its length", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_1480n);
    registers.set(abi.INTEL_REG_VMEXIT_INSTRUCTION_LENGTH, 2n);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0480n);
    expect(read(abi.INTEL_REG_VMENTRY_INSTRUCTION_LENGTH)).toBe(2n);
  });

  it("are not delivered again by AMD when the instruction INT is executed once more", () => {
    on("amd");
    registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0480n);
    unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0n);
    registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0030n);
    unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x8000_0030n);
  });

  it("are not delivered again by AMD when INT3 or INTO is executed once more, unless they were injected", () => {
    on("amd");
    for (const vector of [3n, 4n]) {
      registers.clear();
      registers.set(abi.AMD_REG_RIP, 0x1000n);
      registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0300n | vector);
      unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
      expect(read(abi.AMD_REG_EVENTINJ)).toBe(0n);
      registers.set(abi.AMD_REG_RIP, 0x1001n);
      unit.raise(Number(vector), 0); // what an intercepted INT3 that passes does
      registers.set(abi.AMD_REG_EVENTINJ, 0n);
      unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
      expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x8000_0300n | vector);
    }
  });

  it.each(["amd", "intel"] as const)("are nobody's when a handler has destroyed the VS (%s)", (vendor) => {
    on(vendor);
    isGone = true;
    unit.deliverAgain(vendor === "amd" ? abi.AMD_EXIT_NESTED_PAGE_FAULT : abi.INTEL_EXIT_EPT_VIOLATION);
    expect(registers.size).toBe(0);
  });

  it("give way to an event that is there already", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0030n);
    unit.raise(13, 0);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0b0dn);
  });

  it("block NMIs again when the IRET that ended it has faulted", () => {
    on("intel");
    registers.set(abi.INTEL_REG_EXIT_QUALIFICATION, 0x1182n);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_INTERRUPTIBILITY_STATE)).toBe(8n);
  });

  it.each(["amd", "intel"] as const)("wait for the end of an interrupt shadow (%s)", (vendor) => {
    on(vendor);
    expect(unit.shadow(1)).toBe(1);
    expect(unit.shadow(0)).toBe(0);
  });
});

describe("an NMI on Intel", () => {
  const information = abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD;
  const controls = abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS;
  const NMI = 0x8000_0202n;
  const WINDOW = 1n << 22n;

  beforeEach(() => {
    on("intel");
    registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, NMI);
  });

  it("is delivered at once when the VM can take it", () => {
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([NMI, 0n]);
  });

  it.each([1n, 2n, 8n])("waits for its window while something blocks it (%i)", (blocking) => {
    registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, blocking);
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([0n, WINDOW]);
    expect(unit.unasked(abi.INTEL_EXIT_NMI_WINDOW)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([NMI, 0n]);
  });

  it("waits for its window while something else is delivered", () => {
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0030n);
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([0x8000_0030n, WINDOW]);
  });
});

describe("CPUID", () => {
  const ALL = 0xffff_ffffn;
  const LEAVES = [0, 1, 2, 4, 7, 0xb, 0xd, 0x14, 0x19, 0x1f, 0x8000_0000, 0x8000_0001, 0x8000_0008, 0x8000_001f];
  type Follower = [register: number, bit: bigint, what: "osxsave" | "pke" | "kl" | "long"];
  /** Register, bit and what it follows, by leaf. */
  const ON_BOTH: Record<number, Follower> = {
    1: [abi.TCB_RCX, 1n << 27n, "osxsave"],
    7: [abi.TCB_RCX, 1n << 4n, "pke"],
  };
  const ON_INTEL: Record<number, Follower> = {
    25: [abi.TCB_RBX, 1n, "kl"],
    2147483649: [abi.TCB_RDX, 1n << 11n, "long"],
  };
  const CR4 = { osxsave: 1n << 18n, pke: 1n << 22n, kl: 1n << 19n };
  const CODES = [
    ["64-bit code", 0xa9bn, 0xd01n, true],
    ["32-bit compatibility code", 0xc9bn, 0xd01n, false],
    ["16-bit code", 0x09bn, 0n, false],
    ["32-bit code with the bit that is CS.L elsewhere", 0xe9bn, 0x800n, false],
  ] as const;

  const REGISTERS = [abi.TCB_RAX, abi.TCB_RBX, abi.TCB_RCX, abi.TCB_RDX];
  const followerOf = (leaf: number, subleaf: bigint): Follower | undefined =>
    leaf === 7 && subleaf !== 0n ? undefined : (ON_BOTH[leaf] ?? (intel ? ON_INTEL[leaf] : undefined));

  /** The four registers of an answer of a processor with all bits set, or none. */
  function answer(leaf: number, subleaf: bigint, cr4: bigint, host: bigint) {
    unit.set(abi.REG_CR4, cr4);
    hostCpuid = host;
    tcb.set(abi.TCB_RCX, subleaf);
    unit.cpuid(leaf);
    return REGISTERS.map((register) => tcb.get(register));
  }

  const cases = LEAVES.flatMap((leaf) => [0n, 1n, 2n].map((subleaf) => [leaf, subleaf] as const)).flatMap((place) =>
    [0n, ...Object.values(CR4)].flatMap((cr4) => [0n, ALL].map((host) => [...place, cr4, host] as const)),
  );

  it.each((["amd", "intel"] as const).flatMap((vendor) => CODES.map((code) => [vendor, ...code] as const)))(
    "shows the VM and not host mode: %s, %s",
    (vendor, _name, attributes, efer, isLong) => {
      on(vendor);
      unit.set(abi.REG_CS_ATTRIB, attributes);
      unit.set(abi.REG_EFER, efer);
      for (const [leaf, subleaf, cr4, host] of cases) {
        const [follower, bit, what] = followerOf(leaf, subleaf) ?? [0, 0n, "long"];
        const isSet = what === "long" ? isLong : (cr4 & CR4[what]) !== 0n;
        const wanted = isSet ? host | bit : host & ~bit;
        const expected = REGISTERS.map((register) => (register === follower ? wanted : host));
        expect(answer(leaf, subleaf, cr4, host), `leaf ${leaf.toString(16)}.${subleaf}, CR4 ${cr4}`).toEqual(expected);
      }
    },
  );
});

describe("exits that nobody asked for", () => {
  const UNDEFINED_OPCODE = 0x8000_0306n;
  const PROTECTION = 0x8000_0b0dn;
  const injected = () => read(intel ? abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD : abi.AMD_REG_EVENTINJ);

  it("are #UD for the instructions of hypervisors", () => {
    on("amd");
    expect(unit.unasked(abi.AMD_EXIT_VMRUN)).toBe(RUN);
    expect(injected()).toBe(UNDEFINED_OPCODE);
    on("intel");
    for (const reason of [abi.INTEL_EXIT_VMXON, abi.INTEL_EXIT_VMCALL, abi.INTEL_EXIT_INVEPT, abi.INTEL_EXIT_GETSEC]) {
      registers.clear();
      expect(unit.unasked(reason)).toBe(RUN);
      expect(injected()).toBe(UNDEFINED_OPCODE);
    }
  });

  it("give up for events that somebody must know about", () => {
    on("amd");
    for (const reason of [abi.AMD_EXIT_SHUTDOWN, abi.AMD_EXIT_NESTED_PAGE_FAULT, abi.AMD_EXIT_INVALID]) {
      expect(unit.unasked(reason)).toBe(FAIL);
    }
    on("intel");
    for (const reason of [abi.INTEL_EXIT_TRIPLE_FAULT, abi.INTEL_EXIT_EPT_VIOLATION, abi.INTEL_EXIT_ENTRY_FAILURE]) {
      expect(unit.unasked(reason)).toBe(FAIL);
    }
  });

  it("raise #UD for SEAMCALL and TDCALL, and for what no manual names, which the ring has once", () => {
    on("intel");
    for (const reason of [abi.INTEL_EXIT_SEAMCALL, abi.INTEL_EXIT_TDCALL]) {
      registers.clear();
      expect(unit.unasked(reason)).toBe(RUN);
      expect([injected(), log]).toEqual([UNDEFINED_OPCODE, ""]);
    }
    expect([unit.unasked(252n), injected(), log]).toEqual([RUN, UNDEFINED_OPCODE, "line"]);
    expect([unit.unasked(252n), log]).toEqual([RUN, "line"]);
  });

  it.each(["amd", "intel"] as const)("never give up for an instruction, known or not (%s)", (vendor) => {
    on(vendor);
    const events = new Set(
      vendor === "amd"
        ? [0x60, 0x61, 0x62, 0x63, 0x7e, 0x7f, 0xa5] // interrupts, FERR freeze, shutdown, bus lock
        : [1, 2, 3, 4, 5, 6, 33, 34, 41, 44, 48, 49, 62, 66], // SDM volume 3, appendix C
    );
    for (let reason = 0; reason < 256; reason++) {
      registers.clear();
      expect(unit.unasked(BigInt(reason)) === FAIL, `exit ${reason}`).toBe(events.has(reason));
    }
  });

  it("skip what may be left out, and tell the time", () => {
    for (const [vendor, reasons] of [
      ["amd", [abi.AMD_EXIT_HLT, abi.AMD_EXIT_WBINVD, abi.AMD_EXIT_INVD, abi.AMD_EXIT_PAUSE, abi.AMD_EXIT_INVLPG]],
      ["intel", [abi.INTEL_EXIT_HLT, abi.INTEL_EXIT_WBINVD, abi.INTEL_EXIT_INVD, abi.INTEL_EXIT_MWAIT]],
    ] as const) {
      on(vendor);
      for (const reason of reasons) expect(unit.unasked(reason)).toBe(SKIP);
      msrs.set(0x10n, 0x5_0000_0000n);
      msrs.set(0xc000_0103n, 7n);
      unit.set(abi.REG_TSC_OFFSET, 3n);
      expect(unit.unasked(vendor === "amd" ? abi.AMD_EXIT_RDTSCP : abi.INTEL_EXIT_RDTSCP)).toBe(SKIP);
      expect([tcb.get(abi.TCB_RDX), tcb.get(abi.TCB_RAX), tcb.get(abi.TCB_RCX)]).toEqual([5n, 3n, 7n]);
    }
  });

  const setRegisters = (rax: bigint, rcx: bigint, rdx: bigint) => {
    tcb.set(abi.TCB_RAX, rax);
    tcb.set(abi.TCB_RCX, rcx);
    tcb.set(abi.TCB_RDX, rdx);
  };

  it.each([
    ["what the processor has", 0xe7n, 0n, true],
    ["AVX without SSE", 0x5n, 0n, false],
    ["no x87", 0x2n, 0n, false],
    ["a part of AVX-512", 0x27n, 0n, false],
    ["what the processor does not have", 0x1fn, 0n, false],
    ["another register", 0x1n, 1n, false],
  ])("write XCR0, or raise #GP: %s", (_name, value, register, isAllowed) => {
    on("intel");
    setRegisters(value, register, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_XSETBV)).toBe(isAllowed ? SKIP : RUN);
    expect(read(abi.INTEL_REG_XCR0)).toBe(isAllowed ? value : 0n);
    expect(injected()).toBe(isAllowed ? 0n : PROTECTION);
  });

  it("read an MSR that is in no map, or raise #GP", () => {
    on("intel");
    msrs.set(0x1234_5678n, 0x1_0000_0002n);
    setRegisters(0n, 0x1234_5678n, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_RDMSR)).toBe(SKIP);
    expect([tcb.get(abi.TCB_RAX), tcb.get(abi.TCB_RDX)]).toEqual([2n, 1n]);
    setRegisters(0n, 0x1234_5679n, 0n);
    expect(unit.unasked(abi.INTEL_EXIT_RDMSR)).toBe(RUN);
    expect(injected()).toBe(PROTECTION);
  });
});

describe("exits", () => {
  it("are of one kind on both vendors", () => {
    const kinds = (pairs: [bigint, bigint][]) =>
      pairs.map(([amd, other]) => {
        on("amd");
        const first = unit.kind(amd);
        on("intel");
        return [first, unit.kind(other)];
      });
    registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, 0x8000_0306n);
    const found = kinds([
      [abi.AMD_EXIT_CPUID, abi.INTEL_EXIT_CPUID],
      [abi.AMD_EXIT_IO, abi.INTEL_EXIT_IO],
      [abi.AMD_EXIT_MSR, abi.INTEL_EXIT_RDMSR],
      [abi.AMD_EXIT_CR_WRITE + 4n, abi.INTEL_EXIT_CR_ACCESS],
      [abi.AMD_EXIT_EXCEPTION + 6n, abi.INTEL_EXIT_EXCEPTION_OR_NMI],
      [abi.AMD_EXIT_NESTED_PAGE_FAULT, abi.INTEL_EXIT_EPT_VIOLATION],
      [abi.AMD_EXIT_VMMCALL, abi.INTEL_EXIT_VMCALL],
      [abi.AMD_EXIT_VINTR, abi.INTEL_EXIT_INTERRUPT_WINDOW],
      [abi.AMD_EXIT_RDTSC, abi.INTEL_EXIT_RDTSC],
    ]);
    for (const [amd, other] of found) expect(amd).toBe(other);
    expect(new Set(found.map(([amd]) => amd)).size).toBe(found.length);
  });

  it.each([
    ["IN AL, 60h", 0x60_0048n, 0n, 0x60_0011n],
    ["OUT DX, EAX", 0xcf8_0003n, 0n, 0xcf8_0040n],
    ["REP OUTSB in 64-bit code, from GS", 0x3f8_0030n, (2n << 7n) | (5n << 15n), 0x3f8_161cn],
    ["INSW in 32-bit code", 0x1f0_0019n, 1n << 7n, 0x1f0_0125n],
  ])("of ports say what they are in one format: %s", (_name, qualification, instruction, information) => {
    expect(unit.io(qualification, instruction)).toBe(information);
  });
});

describe("what a debugger is to see of an instruction that is carried out for the VM:", () => {
  const [TF, STEP, ARMED, DE, GD] = [0x100n, 0x4000n, 0x1000n, 8n, 0x2000n];
  const INJECT_DEBUG = 0x8000_0301n;
  const MSR_DEBUGCTL = 0x1d9n;
  const VENDORS: readonly Vendor[] = ["amd", "intel"];

  /** DR7 for breakpoint `n`: enabled, kind (0 execution, 1 writes, 2 ports, 3 data), length code. */
  const armed = (n: bigint, kind: bigint, length: bigint) =>
    (1n << (n * 2n)) | (kind << (16n + n * 4n)) | (length << (18n + n * 4n));

  it.each(VENDORS)("breakpoints on data, by kind and length (%s)", (vendor) => {
    on(vendor);
    unit.set(abi.REG_DR0, 0x1000n);
    unit.set(abi.REG_DR1, 0x2005n);
    unit.set(abi.REG_DR2, 0x3000n);
    unit.set(abi.REG_DR3, 0x1000n);
    // Writes of 4 bytes; accesses of 8, whose address is rounded down; execution; not enabled
    unit.set(abi.REG_DR7, armed(0n, 1n, 3n) | armed(1n, 3n, 2n) | armed(2n, 0n, 0n) | (0xdn << 28n));
    expect(unit.data(0x1003n, 1, 1)).toBe(1n);
    expect(unit.data(0x0fffn, 2, 1)).toBe(1n);
    expect(unit.data(0x1004n, 1, 1)).toBe(0n);
    expect(unit.data(0x1000n, 4, 0)).toBe(0n);
    expect(unit.data(0x2000n, 1, 0)).toBe(2n);
    expect(unit.data(0x2007n, 4, 1)).toBe(2n);
    expect(unit.data(0x2008n, 4, 1)).toBe(0n);
    expect(unit.data(0x3000n, 1, 0)).toBe(0n);
  });

  it.each(VENDORS)("breakpoints on ports, with CR4.DE alone (%s)", (vendor) => {
    on(vendor);
    unit.set(abi.REG_DR3, 0x3f8n);
    unit.set(abi.REG_DR7, armed(3n, 2n, 1n));
    expect(unit.port(0x3f8, 1)).toBe(0n);
    unit.set(abi.REG_CR4, DE);
    expect([unit.port(0x3f8, 1), unit.port(0x3f9, 1), unit.port(0x3fa, 4), unit.data(0x3f8n, 1, 1)]).toEqual([
      ...[8n, 8n, 0n, 0n],
    ]);
  });

  it("on Intel they are pending, with the step of an iteration, and the processor does the rest", () => {
    on("intel");
    unit.behind(0n);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(0n);
    unit.behind(2n);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(2n | ARMED);
    registers.clear();
    expect(unit.between(0n)).toBe(0);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(0n)).toBe(1);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(STEP);
    expect(unit.between(1n)).toBe(1);
    expect(read(abi.INTEL_REG_PENDING_DEBUG_EXCEPTIONS)).toBe(STEP | ARMED | 1n);
    registers.clear();
    unit.set(abi.REG_RFLAGS, TF);
    unit.set(abi.REG_DEBUG_CONTROL, 2n);
    expect(unit.between(0n)).toBe(0);
  });

  it("on AMD #DB is injected, as its delivery would leave DR6 and DR7", () => {
    unit.set(abi.REG_DR7, GD | 1n);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(1n)).toBe(1);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6), unit.get(abi.REG_DR7)]).toEqual([
      ...[INJECT_DEBUG, STEP | 1n, 1n],
    ]);
    registers.clear();
    unit.behind(4n);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6)]).toEqual([INJECT_DEBUG, 4n]);
    registers.clear();
    // Branches alone
    msrs.set(MSR_DEBUGCTL, 2n);
    unit.set(abi.REG_RFLAGS, TF);
    expect([unit.between(0n), read(abi.AMD_REG_EVENTINJ)]).toEqual([0, 0n]);
  });

  it("on AMD an extension that intercepts #DB hears of the step behind the last iteration", () => {
    registers.set(abi.AMD_REG_INTERCEPT_EXCEPTION, 2n);
    unit.set(abi.REG_RFLAGS, TF);
    expect(unit.between(1n)).toBe(0);
    unit.behind(1n);
    expect([read(abi.AMD_REG_EVENTINJ), unit.get(abi.REG_DR6)]).toEqual([0n, 1n]);
  });
});
