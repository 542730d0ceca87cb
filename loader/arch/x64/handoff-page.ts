// The page of hand-off code (handoff.S): it begins with offsets in it, 4 bytes each

import { peek32 } from "../../../bsl/src/memory";
import { page } from "./handoff";

/** Where the operating system continues. */
export function returnedOffset(): u32 {
  return peek32(page());
}

/** Where the kernel leaves for the operating system. */
export function promoteOffset(): u32 {
  return peek32(page() + 4);
}

/** Where that goes on at the operating system's address of the page. */
export function promoteInOsOffset(): u32 {
  return peek32(page() + 8);
}

/** The handler of NMIs. */
export function nmiOffset(): u32 {
  return peek32(page() + 12);
}
