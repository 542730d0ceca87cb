// Group 2, debug: text to the ring and the serial port. No handle is needed.

import { STATUS_INVALID_INPUT_REG0, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { peek8 } from "../../../bsl/src/memory";
import { character, close, hex, open, text } from "../console";
import { lockTables, unlockTables } from "../direct-map";
import { ownMemory } from "../own-memory";

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

/** A byte of the extension's memory; -1 where there is none. */
function readByte(address: u64): i32 {
  lockTables();
  const at = ownMemory(address);
  const byte: i32 = at == 0 ? -1 : peek8(at);
  unlockTables();
  return byte;
}
