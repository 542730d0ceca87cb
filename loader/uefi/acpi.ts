// ACPI's tables, of which the ones in ACPI's machine language (AML) say what the machine can do
//
//     configuration table ──> RSDP ──┬──> XSDT, addresses of 8 bytes ──┬──> FADT ──> DSDT
//                                    └──> RSDT, addresses of 4 bytes ──┴──> SSDT, ...
//
// Firmware writes them, and not always well: nothing is believed that does not lie in memory.
//
// Manual: ACPI 6.5, 5.2.5 (RSDP), 5.2.6 (the header of a table), 5.2.7 and 5.2.8 (RSDT, XSDT), 5.2.9 (FADT), 5.2.11 (DSDT, SSDT).

import { peek8, peek32, peek64, poke8 } from "../../bsl/src/memory";
import { endOfMemory } from "./memory";
import { configurationOf } from "./services";
import { ACPI_1_GUID, ACPI_1_GUID_REST, ACPI_2_GUID, ACPI_2_GUID_REST } from "./tables";

/** "RSD PTR ", and of the tables: "XSDT", "RSDT", "FACP", "DSDT", "SSDT". */
const RSDP: u64 = 0x2052_5450_2044_5352;
const XSDT: u32 = 0x5444_5358;
const RSDT: u32 = 0x5444_5352;
const FADT: u32 = 0x5043_4146;
const DSDT: u32 = 0x5444_5344;
const SSDT: u32 = 0x5444_5353;

/** Of the RSDP. */
const RSDP_REVISION: u64 = 15;
const RSDP_RSDT: u64 = 16;
const RSDP_XSDT: u64 = 24;
/** Bytes of the first revision's, and of today's. */
const RSDP_1_BYTES: u64 = 20;
const RSDP_BYTES: u64 = 36;
/** Of every table. */
const LENGTH: u64 = 4;
const CHECKSUM: u64 = 9;
export const HEADER_BYTES: u64 = 36;
/** Of the FADT. */
const FADT_DSDT: u64 = 40;
const FADT_X_DSDT: u64 = 140;

/** Calls `visit` for each table in AML, with its address and length, and sums up what that returns. A table may come twice. */
export function visitCode(visit: (table: u64, bytes: u64) => u32): u32 {
  const newer = configurationOf(ACPI_2_GUID, ACPI_2_GUID_REST);
  const rsdp = newer === 0 ? configurationOf(ACPI_1_GUID, ACPI_1_GUID_REST) : newer;
  if (!isMemory(rsdp, RSDP_1_BYTES) || peek64(rsdp) !== RSDP) return 0;
  const sum = visitList(peek32(rsdp + RSDP_RSDT), RSDT, 4, visit);
  if (peek8(rsdp + RSDP_REVISION) < 2 || !isMemory(rsdp, RSDP_BYTES)) return sum;
  return sum + visitList(peek64(rsdp + RSDP_XSDT), XSDT, 8, visit);
}

/** Changes a byte of a table, whose bytes have the same sum afterwards. */
export function changeByte(table: u64, offset: u64, value: u8): void {
  const before = peek8(table + offset);
  poke8(table + offset, value);
  poke8(table + CHECKSUM, <u8>(<u32>peek8(table + CHECKSUM) + before - value));
}

function visitList(list: u64, signature: u32, entryBytes: u64, visit: (table: u64, bytes: u64) => u32): u32 {
  const end = list + lengthOf(list, signature);
  let sum: u32 = 0;
  for (let entry = list + HEADER_BYTES; entry + entryBytes <= end; entry += entryBytes) {
    const table = entryBytes === 8 ? peek64(entry) : peek32(entry);
    sum += visitTable(table, SSDT, visit);
    const bytes = lengthOf(table, FADT);
    if (bytes >= FADT_DSDT + 4) sum += visitTable(peek32(table + FADT_DSDT), DSDT, visit);
    if (bytes >= FADT_X_DSDT + 8) sum += visitTable(peek64(table + FADT_X_DSDT), DSDT, visit);
  }
  return sum;
}

function visitTable(table: u64, signature: u32, visit: (table: u64, bytes: u64) => u32): u32 {
  const bytes = lengthOf(table, signature);
  return bytes === 0 ? 0 : visit(table, bytes);
}

/** Bytes of a table of a kind; 0 when it is none, or says that it reaches beyond memory. */
function lengthOf(table: u64, signature: u32): u64 {
  if (!isMemory(table, HEADER_BYTES) || peek32(table) !== signature) return 0;
  const bytes: u64 = peek32(table + LENGTH);
  return bytes >= HEADER_BYTES && isMemory(table, bytes) ? bytes : 0;
}

function isMemory(address: u64, bytes: u64): bool {
  const end = address + bytes;
  return address !== 0 && end > address && endOfMemory(address) >= end;
}
