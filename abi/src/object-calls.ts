// Calls of version 2 on nested page tables, permission maps and statistics

import type { SystemCall } from "./schema.ts";
import { call } from "./signature.ts";

const SHOWS = { unsafe: "What the VM does to memory that it is shown, nothing of the extension's may depend on." };

export const objectCalls: readonly SystemCall[] = [
  call(
    "nested_create",
    "Creates nested page tables in which a VM sees nothing: NESTED_FOR_ROOT or 0; the features are NESTED_HAS_*.",
    { flags: "u32" },
    { nested: "nested", features: "u64" },
  ),
  call(
    "nested_destroy",
    "Destroys nested page tables that no VS has. Call it again until nothing is left.",
    { nested: "nested" },
    { left: "u64" },
  ),
  call(
    "nested_map",
    "Shows host memory at guest physical addresses: NESTED_* rights, type, page size. Call it again for what is not done.",
    { nested: "nested", guest: "u64", host: "u64", bytes: "u64", flags: "u32" },
    { done: "u64" },
    SHOWS,
  ),
  call(
    "nested_unmap",
    "Shows nothing at guest physical addresses any more. Call it again for what is not done.",
    { nested: "nested", guest: "u64", bytes: "u64" },
    { done: "u64" },
  ),
  call(
    "nested_protect",
    "Changes what a VM may do with memory that it is shown. Call it again for what is not done.",
    { nested: "nested", guest: "u64", bytes: "u64", rights: "u32" },
    { done: "u64" },
  ),
  call(
    "nested_translate",
    "Looks a guest physical address up: the host's, and NESTED_* rights, type and page size.",
    { nested: "nested", guest: "u64" },
    { host: "u64", flags: "u64" },
  ),
  call(
    "nested_identity",
    "Shows host memory at its own addresses: NESTED_* flags. Call it again for what is not done.",
    { nested: "nested", guest: "u64", bytes: "u64", flags: "u32" },
    { done: "u64" },
    SHOWS,
  ),
  call("nested_attach", "Makes a VS see memory by nested page tables.", { nested: "nested", vs: "vs" }),
  call("nested_detach", "Makes a VS see all physical memory as it is.", { nested: "nested", vs: "vs" }),
  call(
    "nested_flush",
    "Gives back what processors have flushed: how many other processors still run with older translations.",
    { nested: "nested" },
    { waiting: "u64" },
  ),
  call(
    "nested_guard",
    "Makes a root VS see all physical memory as it is, but the hypervisor's own: that reads as zeroes, and writes raise #GP.",
    { vs: "vs" },
  ),
  call(
    "nested_copy",
    "Copies between memory of the extension's own and what a VM sees: NESTED_COPY_*. Call it again for what is not done.",
    { nested: "nested", guest: "u64", buffer: "u64", bytes: "u64", direction: "u32" },
    { done: "u64" },
    { unsafe: "Copying from a VM replaces so many bytes at the buffer." },
  ),
  call(
    "nested_harvest",
    "Tells which pages of a range a VM has accessed or written, a bit for each in the extension's memory, and begins anew: NESTED_ACCESSED, NESTED_DIRTY.",
    { nested: "nested", guest: "u64", bytes: "u64", bitmap: "u64", what: "u32" },
    { done: "u64" },
    { unsafe: "The bitmap's words are overwritten, up to the end of its page." },
  ),

  call(
    "map_create",
    "Creates a permission map that lets everything pass: MAP_MSR or MAP_IO.",
    { kind: "u32" },
    {
      map: "map",
    },
  ),
  call("map_destroy", "Destroys a permission map that no VS has.", { map: "map" }),
  call(
    "map_trap",
    "Makes accesses (MAP_*) to a range of MSRs or ports exit: how many of them exit always.",
    { map: "map", first: "u32", last: "u32", accesses: "u32" },
    { always: "u64" },
  ),
  call(
    "map_pass",
    "Lets accesses (MAP_*) to a range of MSRs or ports happen without an exit: how many of them exit all the same.",
    { map: "map", first: "u32", last: "u32", accesses: "u32" },
    { always: "u64" },
  ),
  call(
    "map_query",
    "Which accesses to an MSR or port exit: MAP_*.",
    { map: "map", number: "u32" },
    { accesses: "u64" },
  ),
  call("map_attach", "Makes a VS exit by a permission map.", { map: "map", vs: "vs" }),
  call("map_detach", "Takes a permission map from a VS.", { map: "map", vs: "vs" }),

  call("statistics_pool", "How full a pool (POOL_*) is.", { pool: "u32" }, { total: "u64", used: "u64" }),
  call(
    "statistics_exits",
    "How often VSs exited on a processor for a reason.",
    { pp: "pp", reason: "u64" },
    {
      count: "u64",
    },
  ),
  call(
    "statistics_calls",
    "How often a system call was made on a processor.",
    { pp: "pp", number: "u32" },
    {
      count: "u64",
    },
  ),
];
