// Group 2, debug: text to the ring and the serial port. No handle is needed.

import { translate } from "#arch/page-table";
import { PP_BLOCK_ROOT } from "../../../abi/generated/bare/pp-block";
import { STATUS_INVALID_INPUT_REG0, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { DIRECT_BASE, EXT_MEMORY_BASE, EXT_POOL_BASE, HANDOFF_BASE } from "../../../abi/generated/bare/windows";
import { peek8 } from "../../../bsl/src/memory";
import { character, close, hex, open, text } from "../console";
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

/** 2.6: prints REG1 characters at REG0. The kernel reads them through its own mapping, page by page. */
export function writeString(address: u64, length: u64): u64 {
  if (address == 0) return STATUS_INVALID_INPUT_REG0;
  let status = STATUS_SUCCESS;
  open();
  let page: u64 = 0;
  for (let i: u64 = 0; i < length; i++) {
    const at = address + i;
    if (page == 0 || (at & PAGE_MASK) == 0) page = isExtensionMemory(at) ? translate(block64(PP_BLOCK_ROOT), at) : 0;
    if (page == 0) {
      status = STATUS_INVALID_INPUT_REG0;
      break;
    }
    character(peek8(DIRECT_BASE + page + (at & PAGE_MASK)));
  }
  close();
  return status;
}

/** Whether an address lies in a window of pages that the kernel gave to the extension. */
function isExtensionMemory(address: u64): bool {
  if (address >= EXT_MEMORY_BASE && address < HANDOFF_BASE) return true;
  return address >= EXT_POOL_BASE && address < DIRECT_BASE;
}
