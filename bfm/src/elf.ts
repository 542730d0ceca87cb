// The checks that loader and kernel make of an ELF file, run before either sees it: the very same wasm module

import * as abi from "@bareflank/abi";
import { elfTexts } from "@bareflank/abi/messages";
import { constantName } from "./constant-names.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Exports of bsl/src/elf-check.ts. */
interface ElfCheck {
  checkKernel(file: bigint, bytes: bigint): number;
  checkExtension(file: bigint, bytes: bigint): number;
  kernelVersion(file: bigint): bigint;
}

/** Where the file seems to lie; not 0, which is a null address. */
const FILE_ADDRESS = 0x1000n;

/** The kernel has a note that extensions do not have, and each has its own window of addresses. */
export type FileKind = "kernel" | "extension";

/**
 * Throws a Failure unless the file can be loaded.
 *
 * @param elfCheck The module of bsl/src/elf-check.ts.
 */
export function requireElf(elfCheck: Uint8Array<ArrayBuffer>, kind: FileKind, name: string, file: Uint8Array): void {
  const { checkKernel, checkExtension, kernelVersion } = instantiate(elfCheck, file);
  const check = kind === "kernel" ? checkKernel : checkExtension;
  const error = check(FILE_ADDRESS, BigInt(file.byteLength));
  if (error !== abi.ELF_OK) {
    const text = elfTexts()[error];
    throw new Failure(
      "ERROR_ELF",
      exitCodes.file,
      `${name} cannot be loaded: ${text?.what ?? `check ${error} failed`}`,
      text?.advice ?? "Build it again.",
      { facts: { file: name, reason: constantName("ELF_", error) } },
    );
  }
  const version = kind === "kernel" ? BigInt.asUintN(64, kernelVersion(FILE_ADDRESS)) : abi.BOOT_VERSION;
  if (version !== abi.BOOT_VERSION) {
    throw new Failure(
      "ERROR_KERNEL_VERSION",
      exitCodes.file,
      `${name} is of another release: it speaks version ${version} to its loader, and this bfm knows version ${abi.BOOT_VERSION}`,
      "Install kernel, driver and bfm of the same release.",
      { facts: { file: name, kernelVersion: Number(version), bfmVersion: Number(abi.BOOT_VERSION) } },
    );
  }
}

/** The module, with the file as the memory that it looks into. */
function instantiate(elfCheck: Uint8Array<ArrayBuffer>, file: Uint8Array): ElfCheck {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const offset = (address: bigint) => Number(address - FILE_ADDRESS);
  const memory = {
    peek8: (address: bigint) => view.getUint8(offset(address)),
    peek16: (address: bigint) => view.getUint16(offset(address), true),
    peek32: (address: bigint) => view.getUint32(offset(address), true),
    peek64: (address: bigint) => view.getBigUint64(offset(address), true),
  };
  return new WebAssembly.Instance(new WebAssembly.Module(elfCheck), { memory }).exports as unknown as ElfCheck;
}
