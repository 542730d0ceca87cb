// Calls of version 2 on an extension's own memory

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

export const memoryCalls: readonly SystemCall[] = [
  call(
    "memory_grow",
    "Makes linear memory have so many pages: how many it has now. Call it again for what is not done.",
    { pages: "u64" },
    { has: "u64" },
  ),
];
