// The firmware's own variables (UEFI 2.10, 3.3)

import { nativeAddress } from "../../bsl/src/memory";
import { guidAt, runtimeService } from "./services";
import { EFI_SUCCESS, GET_VARIABLE, GLOBAL_VARIABLE_GUID, GLOBAL_VARIABLE_GUID_REST } from "./tables";
import { textAddress, textOf } from "./text";

const VARIABLE_BYTES: u32 = 1024;
/** A variable's size, and its content. */
const variable: usize = memory.data(1024 + 8, 8);

/** Reads one: how many bytes it has, 0 when there is none, or it is longer than ours. */
export function readVariable(name: string): u32 {
  store<u64>(variable, VARIABLE_BYTES);
  const size = nativeAddress(<u32>variable);
  const guid = guidAt(GLOBAL_VARIABLE_GUID, GLOBAL_VARIABLE_GUID_REST);
  const status = runtimeService(GET_VARIABLE, textAddress(textOf(name)), guid, 0, size, size + 8);
  return status === EFI_SUCCESS ? <u32>load<u64>(variable) : 0;
}

/** What readVariable() has read. */
export function variableContent(): usize {
  return variable + 8;
}

/** Whether the firmware starts only what is signed by a key that it knows. */
export function isSecureBoot(): bool {
  return readVariable("SecureBoot") !== 0 && load<u8>(variableContent()) === 1;
}
