// Calls of version 2 on physical processors

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

export const ppCalls: readonly SystemCall[] = [
  call(
    "pp_kick",
    "Makes a processor leave its VM, or end its wait: its extension's vmexit callback is called with EXIT_KICK.",
    { pp: "pp" },
  ),
  call(
    "pp_wait",
    "Ends the callback, and keeps the processor in the microkernel until it is kicked.",
    {},
    {},
    { returns: "on-failure" },
  ),
];
