// The instruction at the guest's RIP, if it is one on a control register (APM volume 3: MOV CRn, CLTS, LMSW, SMSW)
//
//     0F 20 /r  MOV r64, CRn      0F 22 /r  MOV CRn, r64      0F 06  CLTS
//     0F 01 /4  SMSW r            0F 01 /6  LMSW r            registers only, no memory

import { nativeAddress } from "../../../bsl/src/memory";
import { readControl } from "./control-registers";
import { guest } from "./guest";
import { inPage } from "./guest-memory";
import { ACCESS_EXECUTE, readGuestVirtual } from "./guest-tables";
import { Register } from "./registers";

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
    return (present & ~LMSW_BITS) | (guest.general(general) & LMSW_BITS) | (present & CR0_PE);
  }
  /** Gives it what it reads. */
  store(value: u64): void {
    guest.setGeneral(general, value);
  }
}

const instruction: ControlInstruction = changetype<ControlInstruction>(0);

/** Decodes it; isKnown is false when it is another one. */
export function decodeControlInstruction(): ControlInstruction {
  opcode = OPCODE_UNKNOWN;
  const isLong = (guest.vs.get(Register.CsAttrib) & (1 << 9)) != 0;
  const address = isLong ? guest.rip : guest.rip + guest.vs.get(Register.CsBase);
  if (!fetch(address)) return instruction;
  let at: u32 = 0;
  let extension: u32 = 0;
  while (isPrefix(byte(at))) at++;
  if (isLong && (byte(at) & 0xf0) == 0x40) extension = (byte(at++) & 1) << 3;
  if (byte(at++) != 0x0f) return instruction;
  const second = byte(at++);
  if (second == 0x06) {
    opcode = OPCODE_CLTS;
  } else {
    const form = byte(at++);
    general = (form & 7) | extension;
    if (second == 0x20 || second == 0x22) opcode = OPCODE_MOV;
    else if (second == 0x01 && form >= 0xc0) opcode = wordOpcode((form >> 3) & 7);
  }
  size = at;
  return instruction;
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
