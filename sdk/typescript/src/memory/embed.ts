// Files that become part of the extension's image: guests, payloads, tables
//
//     const payload = embed("payload.bin");
//     payload.copyTo(ownMemory(page), 0, payload.bytes);
//
// The bytes are there once, read-only, for all processors, outside of linear memory.

import { copyMemory, nativeAddress, peek8 } from "../../../../bsl/src/memory";
import { handleOf, idOf } from "../calls/handle";
import { assertionFailed } from "../calls/syscall";
import { Level, line } from "../text/log";

declare function embeddedAddress(index: u32): u64;
declare function embeddedBytes(index: u32): u64;

/** A file as it was when the extension was built. */
@unmanaged
export class EmbeddedFile {
  /** Where its first byte is, for peek64() and its like; nobody may write there. */
  get address(): u64 {
    return embeddedAddress(idOf(changetype<usize>(this)));
  }

  /** Its size. */
  get bytes(): u64 {
    return embeddedBytes(idOf(changetype<usize>(this)));
  }

  /** A byte of it; asserts that the offset lies in it. */
  at(offset: u64): u8 {
    this.require(offset, 1);
    return peek8(this.address + offset);
  }

  /** Copies bytes of it to a native address, such as ownMemory(allocatePage()); asserts that they lie in it. */
  copyTo(address: u64, offset: u64, bytes: u64): void {
    this.require(offset, bytes);
    copyMemory(address, this.address + offset, bytes);
  }

  /** A copy in linear memory. */
  toArray(): StaticArray<u8> {
    const array = new StaticArray<u8>(<i32>this.bytes);
    copyMemory(nativeAddress(<u32>changetype<usize>(array)), this.address, this.bytes);
    return array;
  }

  private require(offset: u64, bytes: u64): void {
    const size = this.bytes;
    if (offset <= size && bytes <= size - offset) return;
    line(Level.Error).text("embed: bytes ").hex(offset).text(" and ").hex(bytes).text(" on, of ").hex(size).end();
    assertionFailed();
  }
}

/** A file, by its name relative to the source file that calls this. The name is a text in quotes: `bf build` reads the file. */
export function embed(name: string): EmbeddedFile {
  // The toolchain has put the file's number into the place of its name
  return changetype<EmbeddedFile>(handleOf(<u32>changetype<usize>(name)));
}
