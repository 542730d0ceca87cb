// The word of an event that a VM finds when it runs next: AMD's EVENTINJ (APM volume 2, 15.20)
//
// Intel has bits 31:0 in the same order (SDM volume 3, 25.8.3), and the error code in a field of its own.
//
//     63        32 31 30    12 11 10   8 7      0
//     ┌───────────┬──┬────────┬──┬──────┬────────┐
//     │ error code│V │        │EV│ type │ vector │   V: valid, EV: error code valid
//     └───────────┴──┴────────┴──┴──────┴────────┘

import { table } from "./schema.ts";

export const events = table("events", "An event that a VM finds when it runs next", "u64", {
  EVENT_VECTOR: 0xffn,
  EVENT_TYPE: 0x700n,
  EVENT_WITH_CODE: [0x800n, "The error code counts."],
  EVENT_VALID: 0x8000_0000n,
  EVENT_TYPE_INTERRUPT: [0x000n, "Of EVENT_TYPE, as those below."],
  EVENT_TYPE_NMI: 0x200n,
  EVENT_TYPE_EXCEPTION: 0x300n,
  EVENT_TYPE_SOFTWARE: [
    0x400n,
    "What an instruction raises. On Intel this and those above: INT n, ICEBP, INT3 and INTO.",
  ],
});
