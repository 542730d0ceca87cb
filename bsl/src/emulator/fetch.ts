// The instruction at RIP: from the bytes that the processor told, and from guest memory

import {
  EMULATION_FAILED,
  EMULATION_INSTRUCTION,
  EMULATION_INSTRUCTION_BYTES,
  EMULATION_MODE,
  EMULATION_OWNER,
  EMULATION_RIP,
  EMULATION_SEGMENT_BASE,
  EMULATION_SPAN_FIRST,
  EMULATION_UNKNOWN,
  GUEST_DEVICE,
  GUEST_DONE,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke32 } from "../memory";
import { decode } from "../x64/decode";
import {
  DECODE_INCOMPLETE,
  DECODE_TOO_LONG,
  DECODED,
  DecodedInstruction,
  INSTRUCTION_BYTES,
  INSTRUCTION_MAX_BYTES,
  MODE_64,
  SEGMENT_CS,
} from "../x64/instruction";
import { Operation } from "../x64/operation";
import { ACCESS_EXECUTE } from "../x64/paging";
import { maskOf, OK, protectionFault, undefinedOpcode, userAccess } from "./context";
import { readGuest } from "./guest";
import { translate } from "./page-walk";

const PAGE_BYTES: u64 = 0x1000;

/** Decodes it into `i`. The bytes stay in the context until the instruction ends, whatever becomes of guest memory. */
export function readInstruction(c: u64, i: DecodedInstruction, mode: u32): u32 {
  let decoded = decodeBytes(c, i, mode);
  while (decoded === DECODE_INCOMPLETE) {
    const status = fetch(c);
    if (status !== OK) return status;
    decoded = decodeBytes(c, i, mode);
  }
  if (decoded === DECODE_TOO_LONG) return protectionFault(c, false);
  return decoded === DECODED && (!i.isLocked || isLockable(i)) ? OK : undefinedOpcode(c);
}

function decodeBytes(c: u64, i: DecodedInstruction, mode: u32): u32 {
  const bytes = changetype<usize>(i) + INSTRUCTION_BYTES;
  const count = peek32(c + EMULATION_INSTRUCTION_BYTES);
  store<u64>(bytes, peek64(c + EMULATION_INSTRUCTION));
  store<u64>(bytes, peek64(c + EMULATION_INSTRUCTION + 8), 8);
  return decode(i, bytes, count, mode);
}

/** Fetches what follows the bytes that are there, to the end of the page. Only a page that is needed may fault. */
function fetch(c: u64): u32 {
  const count = peek32(c + EMULATION_INSTRUCTION_BYTES);
  const address = linearRip(c, count);
  const status = translate(c, address, ACCESS_EXECUTE | userAccess(c), EMULATION_SPAN_FIRST);
  if (status !== OK) return status;
  const inPage = <u32>(PAGE_BYTES - (address & (PAGE_BYTES - 1)));
  const missing = INSTRUCTION_MAX_BYTES - count;
  const bytes = missing < inPage ? missing : inPage;
  const physical = peek64(c + EMULATION_SPAN_FIRST);
  const found = readGuest(peek64(c + EMULATION_OWNER), physical, c + EMULATION_INSTRUCTION + count, bytes);
  if (found !== GUEST_DONE) return found === GUEST_DEVICE ? EMULATION_UNKNOWN : EMULATION_FAILED;
  poke32(c + EMULATION_INSTRUCTION_BYTES, count + bytes);
  return OK;
}

/** Where the instruction is, or a byte of it. */
export function linearRip(c: u64, distance: u32): u64 {
  const offset = peek64(c + EMULATION_RIP) + distance;
  if (peek32(c + EMULATION_MODE) === MODE_64) return offset;
  return (offset + peek64(c + EMULATION_SEGMENT_BASE + SEGMENT_CS * 8)) & maskOf(4);
}

/** LOCK is for instructions that change memory (APM volume 3, 1.2.5). */
function isLockable(i: DecodedInstruction): bool {
  if (!i.hasMemory || !i.reads || !i.writes) return false;
  switch (i.operation) {
    case Operation.Add:
    case Operation.Or:
    case Operation.Adc:
    case Operation.Sbb:
    case Operation.And:
    case Operation.Sub:
    case Operation.Xor:
    case Operation.Inc:
    case Operation.Dec:
    case Operation.Not:
    case Operation.Neg:
    case Operation.Xchg:
    case Operation.Xadd:
    case Operation.Cmpxchg:
    case Operation.CmpxchgPair:
    case Operation.Bts:
    case Operation.Btr:
    case Operation.Btc:
      return true;
    default:
      return false;
  }
}
