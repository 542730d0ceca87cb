// Sizes of memory as people type them, and bounds: 2M..512M

import { CHUNK_LEAST_BYTES } from "@bareflank/abi";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** What the hypervisor's memory lies between; 0: the driver's choice. */
export interface MemoryBounds {
  readonly leastBytes: bigint;
  readonly mostBytes: bigint;
}

const SIZE = /^(\d+)([KMGT]?)(i?B)?$/i;
const UNITS = ["", "K", "M", "G", "T"];
/** More than any machine has, and far from where sums wrap around. */
const MOST = 1n << 52n;

/** "512M" in bytes. */
export function parseSize(text: string): bigint {
  const [, number, unit = ""] = SIZE.exec(text) ?? [];
  const bytes = number === undefined ? MOST : BigInt(number) << BigInt(10 * UNITS.indexOf(unit.toUpperCase()));
  if (bytes < MOST) return bytes;
  throw usage(`"${text}" is no size of memory`, "Write a number and K, M or G behind it: 512M.");
}

/** What can be given at once: a power of two bytes, and at least the smallest chunk. */
export function parseDonation(text: string): bigint {
  const bytes = parseSize(text);
  if (bytes >= CHUNK_LEAST_BYTES && (bytes & (bytes - 1n)) === 0n) return bytes;
  throw usage(`${text} of memory cannot be given`, "Write a power of two, 64K at least: 64K, 2M, 16M.");
}

/** "2M..512M", "2M.." or "..512M". */
export function parseBounds(text: string): MemoryBounds {
  const parts = text.split("..");
  const [least = "", most = ""] = parts;
  if (parts.length !== 2 || least + most === "") {
    throw usage(`"${text}" are no bounds of memory`, "Write least and most, of which one may be missing: 2M..512M.");
  }
  const bounds = {
    leastBytes: least === "" ? 0n : parseSize(least),
    mostBytes: most === "" ? 0n : parseSize(most),
  };
  if (most !== "" && bounds.mostBytes === 0n) throw usage("no hypervisor runs in no memory", "Write a larger size.");
  if (most !== "" && bounds.leastBytes > bounds.mostBytes) {
    throw usage(`the hypervisor cannot hold at least ${least} and at most ${most}`, "Write the smaller size first.");
  }
  return bounds;
}

function usage(message: string, advice: string): Failure {
  return new Failure("USAGE", exitCodes.usage, message, advice);
}
