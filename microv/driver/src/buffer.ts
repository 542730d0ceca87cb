// An argument of the system's file: it belongs to no machine that would have room for it

import { ENOMEM } from "./errors";
import { ARGUMENT_BYTES } from "./objects";
import { allocate, free } from "./platform";

/** Does something with a buffer of ARGUMENT_BYTES and the user's argument: its result, or ENOMEM. */
export function withBuffer(argument: u64, action: (buffer: u64, argument: u64) => i64): i64 {
  const buffer = allocate(ARGUMENT_BYTES);
  if (buffer == 0) return ENOMEM;
  const result = action(buffer, argument);
  free(buffer);
  return result;
}
