// Calls of version 2 on x87, vector and whatever other registers XSAVE holds of a VS

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

export const fpuCalls: readonly SystemCall[] = [
  call(
    "fpu_read",
    "Copies a VS's XSAVE area, or as much of it as a page holds, to a page of the extension's: its size is returned.",
    { vs: "vs", page: "u64" },
    { bytes: "u64" },
    { unsafe: "The page is overwritten." },
  ),
  call(
    "fpu_write",
    "Gives a VS the XSAVE area of a page of the extension's. Components that the processor has not, and reserved bits, are left out.",
    { vs: "vs", page: "u64" },
  ),
];
