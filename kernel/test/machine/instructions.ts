// arch/x64/cpu.ts and pparea.ts, executed by the simulated processor that is running

import { PP_AREA_BASE } from "@bareflank/abi";
import type { Intrinsics } from "../../../bsl/test-support/index.ts";
import { fpuInstructions } from "./fpu.ts";
import type { HostMemory } from "./host-memory.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import { GeneralProtection, MSR, type Processor } from "./processor.ts";
import type { SerialPort } from "./serial-port.ts";
import { Vmcb, vmload, vmsave } from "./vmcb.ts";

/** Where a linker would have put the kernel's code. */
export const TEXT = {
  START: 0x4000_0000n,
  SYSCALL_ENTRY: 0x4000_0040n,
  OPEN_SYSCALL_ENTRY: 0x4000_0050n,
  OPEN_SYSRET: 0x4000_0060n,
  FRAME_IRET: 0x4000_0070n,
  ISOLATED_ENTRY: 0x4000_00a0n,
  EXCEPTION_STUBS: 0x4000_0100n,
  ISOLATED_STUBS: 0x4000_0400n,
  MAY_FAULT: 0x4000_0800n,
  FIXUP: 0x4000_0810n,
  END: 0x4000_1000n,
} as const;

/** What the instructions work on. */
export interface InstructionContext {
  readonly physical: PhysicalMemory;
  readonly memory: HostMemory;
  readonly serial: SerialPort;
  readonly current: () => Processor;
  /** AMD: what STGI and CLGI with an instruction between them let through. */
  readonly nmiWindow: () => void;
  /** How far the kernel's code lies above where it was linked. */
  readonly textSlide: bigint;
}

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const AVAILABLE_TSS = 9n;
/** TR, BTS, BTINT. */
const DEBUGCTL_RECORDS = 0x1c0n;

/** The intrinsics' implementation, to be given to loadPart. */
export function instructions(context: InstructionContext): Intrinsics {
  const { current, memory, serial } = context;
  const writeMsr = (index: number, value: bigint): void => {
    if (index === MSR.DEBUGCTL && (value & DEBUGCTL_RECORDS) !== 0n) {
      throw new Error("the processor records branches in host mode, at the operating system's addresses");
    }
    current().wrmsr(index, value);
  };
  return {
    pparea: privateArea(memory),
    cpu: {
      inb: (port: number) => serial.read(port),
      outb: (port: number, value: number) => serial.write(port, value),
      rdmsr: (index: number) => current().rdmsr(index >>> 0),
      wrmsr: (index: number, value: bigint) => writeMsr(index >>> 0, u64(value)),
      tryRdmsr: (index: number, out: bigint) =>
        unlessProtected(() => memory.poke(u64(out), 8, current().rdmsr(index >>> 0))),
      tryWrmsr: (index: number, value: bigint) => unlessProtected(() => writeMsr(index >>> 0, u64(value))),
      cpuidRegister: (leaf: number, subleaf: number, register: number) =>
        current().cpuid(leaf >>> 0, subleaf)[register] ?? 0,
      // Translations are looked up anew at every access here: that a flush was asked for is all there is to see
      flushTlb: () => current().flushes.push("all"),
      flushPage: (address: bigint) => current().flushes.push(`page 0x${u64(address).toString(16)}`),
      flushGuestPage: (address: bigint, asid: number) =>
        current().flushes.push(`page 0x${u64(address).toString(16)} of ASID ${asid >>> 0}`),
      ...controlRegisters(current),
      ...fpuInstructions(current, memory),
      ...descriptorTables(context),
      vmsave: (address: bigint) => vmsave(current(), vmcbAt(context, address)),
      vmload: (address: bigint) => vmload(current(), vmcbAt(context, address)),
      fence: () => current().barriers.push("LFENCE"),
      fillReturnStack: () => current().barriers.push("return stack"),
      clearBuffers: () => current().barriers.push("VERW"),
      rdtsc: () => current().tsc,
      nmiWindow: () => context.nmiWindow(),
      monitorWait: (address: bigint, seen: number) => {
        if (Number(memory.peek(u64(address), 4)) === seen >>> 0) memory.onPause?.();
      },
      takeNextNmi: () => {
        current().nextNmis++;
      },
      syscallEntry: () => TEXT.SYSCALL_ENTRY,
      openSyscallEntry: () => TEXT.OPEN_SYSCALL_ENTRY,
      amdIsolatedEntry: () => TEXT.ISOLATED_ENTRY,
      openSysret: () => TEXT.OPEN_SYSRET,
      frameIret: () => TEXT.FRAME_IRET,
      exceptionStubs: () => TEXT.EXCEPTION_STUBS,
      isolatedStubs: () => TEXT.ISOLATED_STUBS,
      textStart: () => TEXT.START + context.textSlide,
      textEnd: () => TEXT.END + context.textSlide,
      exceptionFixup: (rip: bigint) => (u64(rip) === TEXT.MAY_FAULT ? TEXT.FIXUP : 0n),
    },
  };
}

/** What the exception table does: 0 instead of a general protection fault. */
function unlessProtected(instruction: () => void): number {
  try {
    instruction();
    return 1;
  } catch (error) {
    if (error instanceof GeneralProtection) return 0;
    throw error;
  }
}

function privateArea(memory: HostMemory): Intrinsics[string] {
  const at = (offset: number): bigint => PP_AREA_BASE + BigInt(offset >>> 0);
  return {
    ppLoad32: (offset: number) => Number(memory.peek(at(offset), 4)),
    ppLoad64: (offset: number) => memory.peek(at(offset), 8),
    ppStore16: (offset: number, value: number) => memory.poke(at(offset), 2, BigInt(value)),
    ppStore32: (offset: number, value: number) => memory.poke(at(offset), 4, BigInt(value)),
    ppStore64: (offset: number, value: bigint) => memory.poke(at(offset), 8, value),
    ppAdd32: (offset: number, value: number) =>
      memory.poke(at(offset), 4, (memory.peek(at(offset), 4) + BigInt(value >>> 0)) & 0xffff_ffffn),
    ppExchange32: (offset: number, value: number) => memory.poke(at(offset), 4, BigInt(value)),
  };
}

function controlRegisters(current: () => Processor): Intrinsics[string] {
  return {
    readCr0: () => current().cr0,
    readCr2: () => current().cr2,
    readCr4: () => current().cr4,
    readCr8: () => current().cr8,
    readXcr0: () => {
      if (!current().hasXsave) throw new GeneralProtection("xgetbv without CR4.OSXSAVE (#UD)");
      return current().xcr0;
    },
    readDr: (index: number) => current().readDr(index),
    writeCr0: (value: bigint) => {
      current().cr0 = u64(value);
    },
    writeCr2: (value: bigint) => {
      current().cr2 = u64(value);
    },
    writeCr3: (value: bigint) => current().loadCr3(u64(value)),
    writeCr4: (value: bigint) => {
      current().cr4 = u64(value);
    },
    writeCr8: (value: bigint) => current().writeCr8(u64(value)),
    writeDr: (index: number, value: bigint) => {
      // Nothing of the kernel or of the hand-off may meet one: only the loader's code arms them, last of all
      if (index === 7 && (value & 0xffn) !== 0n) throw new Error("a breakpoint is armed in host mode");
      current().writeDr(index, u64(value));
    },
    tryWriteXcr0: (value: bigint) => (current().tryWriteXcr0(u64(value)) ? 1 : 0),
  };
}

function descriptorTables({ current, memory }: InstructionContext): Intrinsics[string] {
  const NULL = { selector: 0, attrib: 0, limit: 0, base: 0n };
  return {
    loadGdt: (base: bigint, limit: number) => {
      const processor = current();
      processor.gdtr = { base: u64(base), limit };
      processor.segments.cs = codeOrData(memory.peek(u64(base) + 0x10n, 8), 0x10);
      processor.segments.ss = codeOrData(memory.peek(u64(base) + 0x18n, 8), 0x18);
    },
    // As on AMD, which leaves the bases of FS and GS
    clearSegments: () => {
      const { segments } = current();
      for (const name of ["ds", "es"] as const) segments[name] = { ...NULL };
      for (const name of ["fs", "gs"] as const) segments[name] = { ...NULL, base: segments[name].base };
    },
    loadIdt: (base: bigint, limit: number) => {
      current().idtr = { base: u64(base), limit };
    },
    loadTaskRegister: (selector: number) => {
      const { segments, gdtr } = current();
      const at = gdtr.base + BigInt(selector);
      const low = memory.peek(at, 8);
      if (((low >> 40n) & 0x9fn) !== (0x80n | AVAILABLE_TSS)) throw new GeneralProtection("ltr: no available TSS");
      // The processor marks the descriptor busy
      memory.poke(at, 8, low | (2n << 40n));
      const base = ((low >> 16n) & 0xff_ffffn) | (((low >> 56n) & 0xffn) << 24n) | (memory.peek(at + 8n, 4) << 32n);
      const limit = Number((low & 0xffffn) | (((low >> 48n) & 15n) << 16n));
      segments.tr = { selector, attrib: 0x8b, limit, base };
      segments.ldtr = { ...NULL };
    },
  };
}

/** A code or data segment as its descriptor has it; granularity applied. */
function codeOrData(descriptor: bigint, selector: number) {
  if (((descriptor >> 44n) & 9n) !== 9n)
    throw new GeneralProtection(`selector 0x${selector.toString(16)} is no segment`);
  const attrib = Number(((descriptor >> 40n) & 0xffn) | (((descriptor >> 52n) & 15n) << 8n));
  return { selector, attrib, limit: 0xffff_ffff, base: 0n };
}

function vmcbAt({ physical, current }: InstructionContext, address: bigint): Vmcb {
  if (address % 4096n !== 0n || address === 0n) throw new GeneralProtection(`no VMCB at ${address}`);
  // Without EFER.SVME, which the loader sets, these instructions do not exist; see arrive()
  if (current().cr3 === 0n) throw new GeneralProtection("the processor is not in host mode");
  return new Vmcb(physical, u64(address));
}
