// Sleep: of the states that a machine has, two end the hypervisor without a word, because the processors lose what they are
//
// Behind S2 and S3 the firmware goes on where the operating system told it to, outside of any VM (ACPI 6.5, 16.1.3 and 16.1.4). An
// operating system knows of a state by an object in AML, \_S2 or \_S3 (7.4.2), and tries none that it does not find: so their names
// are changed before it looks. Behind S1 the processors are as they were; S4 and S5 end in a start like any other.

import { peek8, peek32 } from "../../bsl/src/memory";
import { changeByte, HEADER_BYTES, visitCode } from "./acpi";

/** "_S2_", "_S3_": names have four characters (20.2.2), and begin with a capital letter where they are nobody's. */
const S2: u32 = 0x5f32_535f;
const S3: u32 = 0x5f33_535f;
const NOBODYS: u8 = 0x58;

/** What a name stands behind where it is defined, or begins at the root (20.2.2, 20.2.5). */
const NAME_OP: u8 = 0x08;
const METHOD_OP: u8 = 0x14;
const ROOT: u8 = 0x5c;
/** A package length's first byte: how many follow it, in bits 7:6 (20.2.4). */
const LENGTH_FOLLOW_SHIFT: u8 = 6;
const MOST_FOLLOW: u64 = 3;

/** Hides S2 and S3 from whatever boots next: how many names were changed. */
export function hideSleep(): u32 {
  return visitCode(rename);
}

function rename(table: u64, bytes: u64): u32 {
  let renamed: u32 = 0;
  for (let at = HEADER_BYTES + 1; at + 4 <= bytes; at++) {
    const name = peek32(table + at);
    if ((name !== S2 && name !== S3) || !isNamed(table, at)) continue;
    changeByte(table, at, NOBODYS);
    renamed++;
  }
  return renamed;
}

/** Whether a name begins here: the same bytes may be in a text, or the end of one name and the beginning of the next. */
function isNamed(table: u64, at: u64): bool {
  const before = peek8(table + at - 1);
  if (before === NAME_OP || before === ROOT) return true;
  for (let follow: u64 = 0; follow <= MOST_FOLLOW && at >= HEADER_BYTES + 2 + follow; follow++) {
    const first = peek8(table + at - 1 - follow);
    if (first >> LENGTH_FOLLOW_SHIFT === <u8>follow && peek8(table + at - 2 - follow) === METHOD_OP) return true;
  }
  return false;
}
