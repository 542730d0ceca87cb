// The KVM API's description against Linux's own header, number by number (package linux-libc-dev)

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { description } from "../src/description.ts";
import type { Structure } from "../src/schema.ts";
import { screaming, snake } from "../src/spelling.ts";

const scratch = mkdtempSync(join(tmpdir(), "bf-kvm-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const items = description.filter(({ file }) => file === "kvm");
const structures = items.filter((item) => item.kind === "structure");
const constants = items.flatMap((item) => (item.kind === "table" ? item.constants : []));

/** Described, but in Linux's header without a name of their own. */
const NAMELESS = new Set(["KVM_PAGE_BYTES"]);
/** The members of struct kvm_run's union, which Linux names by the exit. */
const RUN_MEMBERS: Readonly<Record<string, string>> = { KvmRunEoi: "eoi" };
/** Fields that are called otherwise there: nested ones, and words of a language. */
const FIELDS: Readonly<Record<string, string>> = {
  "KvmSegment.segmentType": "type",
  "KvmGuestDebug.debugreg": "arch.debugreg",
  "KvmIrqRoutingEntry.routeType": "type",
  "KvmRunSystemEvent.eventType": "system_event.type",
  "KvmRun.exit": "hw",
  "KvmRun.regs": "s.regs.regs",
  "KvmRun.sregs": "s.regs.sregs",
  "KvmRun.events": "s.regs.events",
  "KvmRunDebug.exception": "debug.arch.exception",
  "KvmRunDebug.pc": "debug.arch.pc",
  "KvmRunDebug.dr6": "debug.arch.dr6",
  "KvmRunDebug.dr7": "debug.arch.dr7",
};
/** A group of KvmVcpuEvents is a structure in Linux's. */
const EVENT_GROUPS = /^(exception|interrupt|nmi|smi|triple_fault)_/;
const EVENTS_OF_THEIR_OWN = new Set(["exceptionHasPayload", "exceptionPayload"]);

const isFill = (name: string): boolean => /^(pad|padding|reserved|header)/.test(name);

function linuxField(item: Structure, name: string): string {
  const given = FIELDS[`${item.name}.${name}`];
  if (given !== undefined) return given;
  const run = /^KvmRun(.+)$/.exec(item.name)?.[1];
  if (run !== undefined) return `${RUN_MEMBERS[item.name] ?? snake(run)}.${snake(name)}`;
  if (item.name === "KvmVcpuEvents" && !EVENTS_OF_THEIR_OWN.has(name)) {
    return snake(name).replace(EVENT_GROUPS, "$1.");
  }
  return snake(name);
}

const isRunMember = (item: Structure): boolean => /^KvmRun.+/.test(item.name);
const linuxStructure = (item: Structure): string => (isRunMember(item) ? "kvm_run" : snake(item.name));

it("has Linux's numbers, offsets and sizes", () => {
  const lines = [
    ...constants
      .filter(({ name }) => !NAMELESS.has(name))
      .map(({ name, value }) => {
        const there = name.startsWith("ERRNO_") ? name.slice("ERRNO_".length) : name;
        return `_Static_assert((${there}) == ${value}ULL, "${name}");`;
      }),
    ...structures.flatMap((item) => [
      ...item.fields
        .filter(({ name }) => !isFill(name))
        .map(
          ({ name, offset }) =>
            `_Static_assert(offsetof(struct ${linuxStructure(item)}, ${linuxField(item, name)}) == ${offset}, "${item.name}.${name}");`,
        ),
      ...(isRunMember(item)
        ? []
        : [`_Static_assert(sizeof(struct ${linuxStructure(item)}) == ${item.sizeBytes}, "${item.name}");`]),
    ]),
  ];
  const source = join(scratch, "kvm.c");
  writeFileSync(source, `#include <stddef.h>\n#include <errno.h>\n#include <linux/kvm.h>\n${lines.join("\n")}\n`);
  const { stderr, error } = spawnSync("clang", ["-std=gnu11", "-fsyntax-only", "-ferror-limit=0", source], {
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  expect(stderr).toBe("");
  expect(lines.length).toBeGreaterThan(400);
});

it("names each field once among all constants", () => {
  const names = structures.flatMap((item) =>
    item.fields.map(({ name }) => `${screaming(item.name)}_${screaming(name)}`),
  );
  const all = [...names, ...constants.map(({ name }) => name)];
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
});
