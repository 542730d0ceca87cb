// The checks that loader and kernel make of an ELF file, run before either sees it: the very same wasm module

import * as abi from "@bareflank/abi";
import { constantName } from "./constant-names.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { elfTexts } from "./messages.ts";

/** Exports of bsl/src/elf-check.ts. */
interface ElfCheck {
  checkKernel(file: bigint, bytes: bigint): number;
  checkExtension(file: bigint, bytes: bigint): number;
}

/** Where the file seems to lie; not 0, which is a null address. */
const FILE_ADDRESS = 0x1000n;

/** The kernel has a note that extensions do not have, and each has its own window of addresses. */
export type FileKind = "kernel" | "extension";

/**
 * ELF_* that says what is wrong with a file, or ELF_OK.
 *
 * @param elfCheck The module of bsl/src/elf-check.ts.
 */
export function checkElf(elfCheck: Uint8Array<ArrayBuffer>, kind: FileKind, file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const offset = (address: bigint) => Number(address - FILE_ADDRESS);
  const memory = {
    peek8: (address: bigint) => view.getUint8(offset(address)),
    peek16: (address: bigint) => view.getUint16(offset(address), true),
    peek32: (address: bigint) => view.getUint32(offset(address), true),
    peek64: (address: bigint) => view.getBigUint64(offset(address), true),
  };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(elfCheck), { memory });
  const { checkKernel, checkExtension } = instance.exports as unknown as ElfCheck;
  const check = kind === "kernel" ? checkKernel : checkExtension;
  return check(FILE_ADDRESS, BigInt(file.byteLength));
}

/** Throws a Failure unless the file can be loaded. */
export function requireElf(elfCheck: Uint8Array<ArrayBuffer>, kind: FileKind, name: string, file: Uint8Array): void {
  const error = checkElf(elfCheck, kind, file);
  if (error === abi.ELF_OK) return;
  const text = elfTexts()[error];
  throw new Failure(
    "ERROR_ELF",
    exitCodes.file,
    `${name} cannot be loaded: ${text?.what ?? `check ${error} failed`}`,
    text?.advice ?? "Build it again.",
    { facts: { file: name, reason: constantName("ELF_", error) } },
  );
}
