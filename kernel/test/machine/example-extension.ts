// An extension's file with everything that a loader has to get right: code, constants, data with .bss, TLS, memory

import {
  EXT_CODE_BASE,
  EXT_MEMORY_PER_PP,
  EXT_STACK_BYTES,
  NOTE_EXTENSION_MEMORY,
  NOTE_EXTENSION_VERSIONS,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, PF, PT, type SegmentSpec } from "../../../bsl/test-support/index.ts";

/** Bytes that tell where they come from. */
function pattern(bytes: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 7 + seed + (index >> 8)) & 0xff);
}

/** Its segments: .text ends within its second page, .bss within the third page of .data. */
export const TEXT_SEGMENT = { address: EXT_CODE_BASE, data: pattern(0x1234, 1) };
export const RODATA_SEGMENT = { address: EXT_CODE_BASE + 0x3000n, data: pattern(0x1000, 2) };
export const DATA_SEGMENT = { address: EXT_CODE_BASE + 0x5000n, data: pattern(0x1801, 3), memoryBytes: 0x2800n };
/** 0x18 bytes, then zeroes up to 0x28, at a multiple of 16: it begins 0x30 below the thread pointer. */
export const TLS_SEGMENT = { address: EXT_CODE_BASE + 0x8000n, data: pattern(0x18, 4), memoryBytes: 0x28n, align: 16n };
export const TLS_DISTANCE = 0x30n;

/** Entry points. */
export const HANDLERS = {
  START: EXT_CODE_BASE + 0x10n,
  BOOTSTRAP: EXT_CODE_BASE + 0x100n,
  VMEXIT: EXT_CODE_BASE + 0x200n,
  FAIL: EXT_CODE_BASE + 0x300n,
  MESSAGE: EXT_CODE_BASE + 0x400n,
} as const;

export interface ExtensionMemory {
  readonly initialPages: number;
  readonly maximumPages: number;
  readonly dataOffset: number;
  /** One for all processors. */
  readonly shared?: boolean;
}

/** The file; `memory` asks for linear memory, `segments` come in addition. */
export function exampleExtension(
  options: {
    readonly memory?: ExtensionMemory;
    readonly versions?: number;
    readonly segments?: readonly SegmentSpec[];
  } = {},
): Uint8Array {
  return buildElf({
    entry: HANDLERS.START,
    segments: [
      { type: PT.LOAD, flags: PF.R | PF.X, ...TEXT_SEGMENT },
      { type: PT.LOAD, flags: PF.R, ...RODATA_SEGMENT },
      { type: PT.LOAD, flags: PF.R | PF.W, ...DATA_SEGMENT },
      { type: PT.TLS, flags: PF.R, ...TLS_SEGMENT },
      { type: PT.GNU_STACK, flags: PF.R | PF.W, memoryBytes: EXT_STACK_BYTES },
      ...(options.memory === undefined ? [] : [memoryNote(options.memory)]),
      ...(options.versions === undefined ? [] : [versionsNote(options.versions)]),
      ...(options.segments ?? []),
    ],
  });
}

function versionsNote(versions: number): SegmentSpec {
  return { type: PT.NOTE, data: buildNote("Bareflank", NOTE_EXTENSION_VERSIONS, littleEndian(4, versions)) };
}

function memoryNote({ initialPages, maximumPages, dataOffset, shared = false }: ExtensionMemory): SegmentSpec {
  const fields = littleEndian(4, 1, shared ? 0 : EXT_MEMORY_PER_PP, initialPages, maximumPages, dataOffset, 0);
  return { type: PT.NOTE, data: buildNote("Bareflank", NOTE_EXTENSION_MEMORY, fields) };
}
