// Which processors there are: ACPI's MADT (ACPI 6.4, 5.2.5 to 5.2.12)

import { peek8, peek16, peek32, peek64 } from "../../bsl/src/memory";

/** "RSD PTR ". */
const SIGNATURE_RSDP: u64 = 0x2052_5450_2044_5352;
/** "APIC". */
const SIGNATURE_MADT: u32 = 0x4349_5041;
const MADT_LOCAL_APIC: u8 = 0;
const LOCAL_APIC_ENABLED: u32 = 1;

/** Where the BIOS data area keeps the segment of the extended one. */
const EBDA_SEGMENT: u64 = 0x40e;

/** Address of the MADT, or 0. */
export function findMadt(): u64 {
  const ebda: u64 = (<u64>peek16(EBDA_SEGMENT)) << 4;
  let rsdp = search(ebda, ebda + 0x400);
  if (rsdp === 0) rsdp = search(0xe_0000, 0x10_0000);
  if (rsdp === 0) return 0;
  const rsdt: u64 = peek32(rsdp + 16);
  const end = rsdt + peek32(rsdt + 4);
  for (let at = rsdt + 36; at < end; at += 4) {
    const table: u64 = peek32(at);
    if (peek32(table) === SIGNATURE_MADT) return table;
  }
  return 0;
}

function search(from: u64, to: u64): u64 {
  for (let at = from; at < to; at += 16) if (peek64(at) === SIGNATURE_RSDP) return at;
  return 0;
}

/** APIC id of the n-th processor that may be used, or -1 when there are not so many. */
export function apicId(madt: u64, n: u32): i32 {
  const end = madt + peek32(madt + 4);
  let left = n;
  for (let at = madt + 44; at < end; at += peek8(at + 1)) {
    if (peek8(at) !== MADT_LOCAL_APIC || (peek32(at + 4) & LOCAL_APIC_ENABLED) === 0) continue;
    if (left === 0) return peek8(at + 3);
    left--;
  }
  return -1;
}
