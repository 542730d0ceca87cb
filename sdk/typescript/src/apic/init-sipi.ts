// INIT and SIPI, by which firmware and operating systems start processors, in the root VM
//
//     const tables = NestedTables.identity(512);
//     if (tables !== null) InitSipi.virtualize(startRoot(ppid), tables, MsrMap.create());
//
// No INIT may reach a processor that is in host mode, and one that reaches it in its VM takes it from the hypervisor, or comes
// too late for the SIPI behind it. So commands of the local APIC are looked at before they are given: the page of its registers
// is read-only in the nested tables, and WRMSR of x2APIC's command exits. INIT and SIPI are not given: the processors that they
// are for are told (known.ts), and kicked. Everything else goes on unchanged.
//
// The registers must stay where they are, which the microkernel sees to (docs/security.md); their mode may change.

import { INTEL_EXIT_INIT, INTEL_EXIT_SIPI } from "../../../../abi/generated/bare/callbacks";
import { CPUID_INTERFACE_INIT_SIPI } from "../../../../abi/generated/bare/control";
import { INTEL_REG_ACTIVITY_STATE } from "../../../../abi/generated/bare/registers-intel";
import { TCB_PPID } from "../../../../abi/generated/bare/tls";
import { loadAcquire32, storeRelease32 } from "../../../../bsl/src/atomic";
import { DECODED } from "../../../../bsl/src/x64/instruction";
import { Operation } from "../../../../bsl/src/x64/operation";
import { assertionFailed } from "../calls/syscall";
import { tcbLoad16 } from "../calls/tcb";
import { Exit } from "../exits/exit";
import { MsrExit } from "../exits/msr-exit";
import { NestedPageFaultExit } from "../exits/nested-page-fault-exit";
import { onKick, onMsrWrite, onNestedPageFault, onOther } from "../exits/on";
import { information1 } from "../exits/told";
import { guest } from "../guest/guest";
import { guestInstruction } from "../guest/instruction";
import { msrValue, readMsr } from "../guest/msr";
import { setRegister } from "../guest/operand";
import { guestMemory } from "../guest/physical-memory";
import { announce } from "../life/interfaces";
import { Next } from "../life/next";
import { kick } from "../messages/kick";
import { MsrMap } from "../tables/msr-map";
import { NestedTables, Right } from "../tables/nested-tables";
import { allowRealMode } from "../vendor/intel-vs";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { COMMAND_VECTOR } from "./command";
import * as known from "./known";
import { restart, startAt } from "./reset-state";

const MSR_APIC_BASE: u32 = 0x1b;
const BASE_BOOTSTRAP: u64 = 1 << 8;
const BASE_X2APIC: u64 = 1 << 10;
const BASE_ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const PAGE: u64 = 4096;

/** Registers, as offsets in memory; in x2APIC mode MSR 0x800 + offset / 16. */
const APIC_ID: u32 = 0x20;
const APIC_LOGICAL: u32 = 0xd0;
const APIC_FORMAT: u32 = 0xe0;
const APIC_COMMAND: u32 = 0x300;
const APIC_DESTINATION: u32 = 0x310;
const MSR_X2APIC_ID: u32 = 0x802;
const MSR_X2APIC_COMMAND: u32 = 0x830;

/** Of a VMCS (SDM volume 3, 25.4.2): the processor waits for a SIPI. */
const WAIT_FOR_SIPI: u64 = 3;

export class InitSipi {
  /**
   * Has the operating system, whose VS this is, start processors by INIT and SIPI: on each processor, in bootstrap. The
   * tables show all memory as it is, the APIC's registers among it; tables and map are used by the VS afterwards, and may be
   * shared by several.
   */
  static virtualize(vs: Vs, tables: NestedTables, msrs: MsrMap): void {
    if (!readMsr(vs, MSR_APIC_BASE)) assertionFailed();
    const apic = msrValue();
    const base = apic & BASE_ADDRESS;
    known.setBase(ppid(), base);
    const isX2apic = (apic & BASE_X2APIC) != 0;
    if (isX2apic && !readMsr(vs, MSR_X2APIC_ID)) assertionFailed();
    const id = isX2apic ? <u32>msrValue() : register(APIC_ID) >> 24;
    const logical = isX2apic ? 0 : register(APIC_LOGICAL);
    const format = isX2apic ? <u32>0xffff_ffff : register(APIC_FORMAT);
    known.makeKnown(ppid(), id, logical, format, (apic & BASE_BOOTSTRAP) != 0);
    if (!tables.protect(base, PAGE, Right.Read)) assertionFailed();
    tables.use(vs);
    // It may switch paging off: what started in 64-bit mode need not stay there
    if (isIntel()) allowRealMode(vs);
    msrs.trapWrites(MSR_X2APIC_COMMAND).use(vs);
    onNestedPageFault(registerWritten);
    onMsrWrite(commandWritten);
    onKick(kicked);
    if (isIntel()) onOther(signalled);
    announce(CPUID_INTERFACE_INIT_SIPI);
  }
}

function ppid(): u32 {
  return tcbLoad16(TCB_PPID);
}

/** A register of this processor's APIC in xAPIC mode. */
function register(offset: u32): u32 {
  const page = guestMemory(known.baseOf(ppid()));
  if (page == 0) assertionFailed();
  // All 32 bits: of plain memory a compiler reads what it needs
  return loadAcquire32(page + offset);
}

/** The operating system writes one: an instruction that moves a double word. */
function registerWritten(exit: NestedPageFaultExit): bool {
  const offset = exit.address - known.baseOf(ppid());
  if (offset >= PAGE || !exit.isWrite) return false;
  const instruction = guestInstruction();
  if (instruction.status != DECODED || instruction.operandBytes != 4) return false;
  const old = register(<u32>offset);
  let value: u32 = 0;
  if (instruction.operation == Operation.Mov && instruction.immediateBytes != 0) value = <u32>instruction.immediate;
  else if (instruction.operation == Operation.Mov || instruction.operation == Operation.Xchg) {
    value = <u32>guest.general(instruction.register);
  } else return false;
  if (instruction.operation == Operation.Xchg) setRegister(instruction.register, 4, old);
  guest.skip(instruction.length);
  write(<u32>offset, value);
  exit.next = nextOf(exit.vs);
  return true;
}

/** Gives the APIC what was written, unless it is an INIT or a SIPI. */
function write(offset: u32, value: u32): void {
  if (offset == APIC_COMMAND && known.send(ppid(), value, register(APIC_DESTINATION) >> 24, false, tell)) return;
  storeRelease32(guestMemory(known.baseOf(ppid())) + offset, value);
  if (offset == APIC_LOGICAL || offset == APIC_FORMAT) {
    known.setLogical(ppid(), register(APIC_LOGICAL), register(APIC_FORMAT));
  }
}

/** The same in x2APIC mode. */
function commandWritten(exit: MsrExit): bool {
  if (exit.index != MSR_X2APIC_COMMAND) return false;
  if (!known.send(ppid(), <u32>exit.value, <u32>(exit.value >> 32), true, tell)) return false;
  if (known.stateOf(ppid()) == known.RUNNING) return true;
  exit.next = nextOf(exit.vs);
  return true;
}

function tell(other: u32): void {
  if (other != ppid()) kick(other);
}

/** Somebody has told this processor something, or it was kicked for another reason. */
function kicked(exit: Exit): bool {
  exit.next = nextOf(exit.vs);
  // Whoever else wants kicks hears of it, too
  return false;
}

/** Does what this processor was told. */
function nextOf(vs: Vs): Next {
  let state = known.stateOf(ppid());
  while (state != known.RUNNING && state != known.WAITING) {
    if (known.changeState(ppid(), state, known.RUNNING)) {
      if (state == known.RESTARTING) restart(vs);
      else startAt(vs, <u32>state & COMMAND_VECTOR);
    }
    state = known.stateOf(ppid());
  }
  return state == known.WAITING ? Next.AwaitKick : Next.Run;
}

/**
 * INIT and SIPI that came by another way than a command of the VM's: from the chipset, or firmware. Intel's processor hands
 * them on, and waits for the SIPI itself (SDM volume 3, 26.2).
 */
function signalled(exit: Exit): bool {
  if (exit.reason != INTEL_EXIT_INIT && exit.reason != INTEL_EXIT_SIPI) return false;
  const vector = <u32>information1() & COMMAND_VECTOR;
  if (exit.reason == INTEL_EXIT_SIPI) startAt(exit.vs, vector);
  else if (known.isBootstrap(ppid())) restart(exit.vs);
  else {
    startAt(exit.vs, 0);
    exit.vs.write(INTEL_REG_ACTIVITY_STATE, WAIT_FOR_SIPI);
  }
  exit.next = Next.Run;
  return true;
}
