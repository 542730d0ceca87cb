// Calls of version 2 by which extensions reach each other

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

const WORDS = { word0: "u64", word1: "u64", word2: "u64", word3: "u64" } as const;

export const messageCalls: readonly SystemCall[] = [
  call(
    "message_register",
    "Registers the message callback, by its address.",
    { callback: "u64" },
    {},
    { unsafe: "The address must be that of such a callback, which never returns." },
  ),
  call(
    "message_find",
    "Finds an extension by its name: 32 bytes in four words, the first character lowest, zero padded.",
    { name0: "u64", name1: "u64", name2: "u64", name3: "u64" },
    { extension: "u64" },
  ),
  call(
    "message_call",
    "Sends four words to an extension, and waits for its reply on the same processor.",
    { extension: "u64", ...WORDS },
    { reply0: "u64", reply1: "u64", reply2: "u64", reply3: "u64" },
  ),
  call(
    "message_reply",
    "Ends the message callback with four words for the caller.",
    WORDS,
    {},
    { returns: "on-failure" },
  ),
];
