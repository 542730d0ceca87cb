// What is done without a handler in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import { unaskedExit } from "../../typescript/src/exits/unasked";

export function bf_root_unasked(vs: u32, reason: u64): u32 {
  return unaskedExit(vs, reason);
}
