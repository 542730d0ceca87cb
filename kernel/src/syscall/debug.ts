// Group 2, debug: text to the ring and the serial port. No handle is needed.

import { translate } from "#arch/page-table";
import { PP_BLOCK_ROOT } from "../../../abi/generated/bare/pp-block";
import { STATUS_INVALID_INPUT_REG0, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { DIRECT_BASE, EXT_MEMORY_BASE, EXT_POOL_BASE, HANDOFF_BASE } from "../../../abi/generated/bare/windows";
import { peek8 } from "../../../bsl/src/memory";
import { character, close, hex, open, text } from "../console";
import { lockTables, unlockTables } from "../direct-map";
import { block64 } from "../pp";

const PAGE_MASK: u64 = 0xfff;

/** 2.0: prints REG0 and REG1. */
export function debugOut(reg0: u64, reg1: u64): u64 {
  open();
  hex(reg0, 16);
  text(" ");
  hex(reg1, 16);
  text("\n");
  close();
  return STATUS_SUCCESS;
}

/** 2.5: prints the character in REG0. */
export function writeCharacter(reg0: u64): u64 {
  open();
  character(<u8>reg0);
  close();
  return STATUS_SUCCESS;
}

/** 2.6: prints REG1 characters at REG0. The kernel reads them through its own mapping. */
export function writeString(address: u64, length: u64): u64 {
  if (address == 0) return STATUS_INVALID_INPUT_REG0;
  let status = STATUS_SUCCESS;
  open();
  for (let i: u64 = 0; i < length; i++) {
    const byte = readByte(address + i);
    if (byte < 0) {
      status = STATUS_INVALID_INPUT_REG0;
      break;
    }
    character(<u8>byte);
  }
  close();
  return status;
}

/**
 * A byte of the extension's memory; -1 where there is none. Looked up anew each time: another processor may give the page
 * back meanwhile, and the lock keeps it from being somebody else's while it is read.
 */
function readByte(address: u64): i32 {
  if (!isExtensionMemory(address)) return -1;
  lockTables();
  const page = translate(block64(PP_BLOCK_ROOT), address);
  const byte: i32 = page == 0 ? -1 : peek8(DIRECT_BASE + page + (address & PAGE_MASK));
  unlockTables();
  return byte;
}

/** Whether an address lies in a window of pages that the kernel gave to the extension. */
function isExtensionMemory(address: u64): bool {
  if (address >= EXT_MEMORY_BASE && address < HANDOFF_BASE) return true;
  return address >= EXT_POOL_BASE && address < DIRECT_BASE;
}
