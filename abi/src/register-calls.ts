// Calls of version 2 on registers of a VS that vs_read and vs_write do not know: what XSAVE holds, and MSRs of its own

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

export const registerCalls: readonly SystemCall[] = [
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
  call(
    "msr_read",
    "Reads an MSR that a guest has for itself, or can have: 0 as long as it has the machine's.",
    { vs: "vs", msr: "u32" },
    { value: "u64" },
  ),
  call("msr_write", "Gives a guest a value of its own in an MSR of which the processor has one for all VMs.", {
    vs: "vs",
    msr: "u32",
    value: "u64",
  }),
];
