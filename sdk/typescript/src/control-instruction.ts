// The instruction that the VM exited for, if it is one on a control register (APM volume 3: MOV CRn, CLTS, LMSW, SMSW)
//
// Intel's processors tell what it is (SDM volume 3, table 28-3). AMD's without decode assists do not, so it is read:
//
//     0F 20 /r  MOV r64, CRn      0F 22 /r  MOV CRn, r64      0F 06  CLTS
//     0F 01 /4  SMSW r            0F 01 /6  LMSW r            registers only, no memory

import { Register } from "../../../abi/generated/bare/enumerations";
import {
  INTEL_REG_EXIT_QUALIFICATION,
  INTEL_REG_VMEXIT_INSTRUCTION_LENGTH,
} from "../../../abi/generated/bare/registers-intel";
import { nativeAddress } from "../../../bsl/src/memory";
import { readControl } from "./control-registers";
import { guest } from "./guest";
import { inPage } from "./guest-memory";
import { ACCESS_EXECUTE, readGuestVirtual } from "./guest-tables";
import { ATTRIBUTE_LONG } from "./segments";
import { isIntel } from "./vendor";

const MAXIMUM_BYTES: u64 = 15;
const bytes: usize = memory.data(16, 8);

const CR0_TS: u64 = 8;
/** LMSW writes PE, MP, EM and TS, and cannot clear PE. */
const LMSW_BITS: u64 = 0xf;
const CR0_PE: u64 = 1;

const OPCODE_SMSW: u32 = 4;
const OPCODE_LMSW: u32 = 6;
const OPCODE_CLTS: u32 = 8;
const OPCODE_MOV: u32 = 9;
const OPCODE_UNKNOWN: u32 = 0;

let opcode: u32 = OPCODE_UNKNOWN;
let general: u32 = 0;
let size: u32 = 0;
/** Operand of LMSW. */
let word: u64 = 0;

/** Qualification, bits 5:4: a move to a control register, one from it, CLTS, LMSW. */
const ACCESS_CLTS: u64 = 2;
const ACCESS_LMSW: u64 = 3;

/** What was decoded. */
@unmanaged
export class ControlInstruction {
  get isKnown(): bool {
    return opcode != OPCODE_UNKNOWN;
  }
  /** Bytes, prefixes included. */
  get length(): u32 {
    return size;
  }
  /** What it would write to the control register. */
  operand(control: u32): u64 {
    if (opcode == OPCODE_MOV) return guest.general(general);
    const present = readControl(guest.vs, control);
    if (opcode == OPCODE_CLTS) return present & ~CR0_TS;
    return (present & ~LMSW_BITS) | (word & LMSW_BITS) | (present & CR0_PE);
  }
  /** Gives it what it reads. */
  store(value: u64): void {
    guest.setGeneral(general, value);
  }
}

const instruction: ControlInstruction = changetype<ControlInstruction>(0);

/** Decodes it; isKnown is false when it is another one. */
export function decodeControlInstruction(): ControlInstruction {
  if (isIntel()) takeQualification(guest.vs.read(INTEL_REG_EXIT_QUALIFICATION));
  else readInstruction();
  return instruction;
}

/** What the processor tells: bits 5:4 the access, 11:8 the general register, 31:16 the operand of LMSW. */
function takeQualification(qualification: u64): void {
  const access = (qualification >> 4) & 3;
  opcode = access == ACCESS_LMSW ? OPCODE_LMSW : access == ACCESS_CLTS ? OPCODE_CLTS : OPCODE_MOV;
  general = <u32>(qualification >> 8) & 15;
  word = qualification >> 16;
  size = <u32>guest.vs.read(INTEL_REG_VMEXIT_INSTRUCTION_LENGTH);
}

function readInstruction(): void {
  opcode = OPCODE_UNKNOWN;
  const isLong = (guest.vs.get(Register.CsAttrib) & ATTRIBUTE_LONG) != 0;
  const address = isLong ? guest.rip : guest.rip + guest.vs.get(Register.CsBase);
  if (!fetch(address)) return;
  let at: u32 = 0;
  let extension: u32 = 0;
  while (isPrefix(byte(at))) at++;
  if (isLong && (byte(at) & 0xf0) == 0x40) extension = (byte(at++) & 1) << 3;
  if (byte(at++) != 0x0f) return;
  const second = byte(at++);
  if (second == 0x06) {
    opcode = OPCODE_CLTS;
  } else {
    const form = byte(at++);
    general = (form & 7) | extension;
    if (second == 0x20 || second == 0x22) opcode = OPCODE_MOV;
    else if (second == 0x01 && form >= 0xc0) opcode = wordOpcode((form >> 3) & 7);
  }
  if (opcode == OPCODE_LMSW) word = guest.general(general);
  size = at;
}

function wordOpcode(extension: u32): u32 {
  return extension == OPCODE_SMSW || extension == OPCODE_LMSW ? extension : OPCODE_UNKNOWN;
}

function isPrefix(value: u32): bool {
  return value == 0x66 || value == 0x67 || value == 0xf0 || value == 0xf2 || value == 0xf3 || (value & 0xe7) == 0x26;
}

function byte(index: u32): u32 {
  return index < <u32>MAXIMUM_BYTES ? load<u8>(bytes + <usize>index) : 0;
}

/** Reads the longest instruction that can be there; what lies beyond the last page that is mapped reads as 0. */
function fetch(address: u64): bool {
  memory.fill(bytes, 0, 16);
  const first = inPage(address, MAXIMUM_BYTES);
  const to = nativeAddress(<u32>bytes);
  if (!readGuestVirtual(to, address, first, ACCESS_EXECUTE)) return false;
  readGuestVirtual(to + first, address + first, MAXIMUM_BYTES - first, ACCESS_EXECUTE);
  return true;
}
