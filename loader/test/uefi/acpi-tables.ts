// ACPI's tables in a simulated firmware's memory

import { littleEndian } from "@bareflank/bsl/test-support";
import type { Firmware } from "./firmware.ts";

/** Where they lie, in memory of their own. */
export const ACPI = 0x3000_0000n;
const ACPI_PAGES = 4n;
const HEADER = 36;
const ACPI_RECLAIM = 9n;

/** GUIDs of configuration tables, as halves. */
const ACPI_1 = [0x11d3_2d88_eb9d_2d30n, 0x4dc1_3f27_9000_169an] as const;
const ACPI_2 = [0x11d3_e4f1_8868_e871n, 0x8188_3cc7_8000_22bcn] as const;

const sumOf = (bytes: Uint8Array) => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** Puts tables into memory one behind the other. */
export class AcpiTables {
  readonly #firmware: Firmware;
  #next = ACPI;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
    firmware.memory.map(ACPI, Number(ACPI_PAGES) * 4096);
    firmware.pieces.unshift([ACPI_RECLAIM, ACPI, ACPI_PAGES]);
  }

  /** Bytes as they are. */
  put(bytes: Uint8Array): bigint {
    const address = this.#next;
    this.#firmware.memory.write(address, bytes);
    this.#next += BigInt((bytes.length + 15) & ~15);
    return address;
  }

  /** A table with a right checksum. `length`: what it says of itself. */
  table(signature: string, content: Uint8Array, length = HEADER + content.length): bigint {
    const bytes = new Uint8Array(HEADER + content.length);
    bytes.set(new TextEncoder().encode(signature));
    bytes.set(littleEndian(4, length), 4);
    bytes.set(content, HEADER);
    bytes[9] = -sumOf(bytes);
    return this.put(bytes);
  }

  /** A table of addresses, of 4 or 8 bytes. */
  list(signature: "RSDT" | "XSDT", tables: readonly bigint[]): bigint {
    return this.table(signature, littleEndian(signature === "RSDT" ? 4 : 8, ...tables));
  }

  /** A FADT of ACPI 2.0 or later, or a shorter one of 1.0, which has the first address only. */
  fadt(dsdt: bigint, extended?: bigint): bigint {
    const content = new Uint8Array(extended === undefined ? 80 : 208);
    content.set(littleEndian(4, dsdt), 40 - HEADER);
    if (extended !== undefined) content.set(littleEndian(8, extended), 140 - HEADER);
    return this.table("FACP", content);
  }

  /** The root, which the firmware tells of. */
  root(rsdt: bigint, xsdt?: bigint): void {
    const bytes = new Uint8Array(xsdt === undefined ? 20 : 36);
    bytes.set(new TextEncoder().encode("RSD PTR "));
    bytes[15] = xsdt === undefined ? 0 : 2;
    bytes.set(littleEndian(4, rsdt), 16);
    if (xsdt !== undefined) bytes.set(littleEndian(8, xsdt), 24);
    const [first, rest] = xsdt === undefined ? ACPI_1 : ACPI_2;
    this.#firmware.configure(first, rest, this.put(bytes));
  }

  /** What is in a table behind its header, and whether its bytes' sum is 0. */
  read(table: bigint, bytes: number): { content: string; isSumRight: boolean } {
    const all = this.#firmware.memory.read(table, HEADER + bytes);
    return { content: Buffer.from(all.subarray(HEADER)).toString("latin1"), isSumRight: sumOf(all) === 0 };
  }
}
