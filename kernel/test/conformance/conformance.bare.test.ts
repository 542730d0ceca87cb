import { beforeAll, describe, expect, it } from "vitest";
import { failures, runFailure } from "./failures.ts";
import { buildMutant, calls, isVersion2, type Mutation } from "./mutant.ts";
import { tryMutation } from "./mutation-run.ts";
import { runSuite } from "./suite.ts";
import { runVersion2 } from "./version2.ts";

describe("the system call interface", () => {
  it.each([
    { machine: "amd", smp: 1 },
    { machine: "amd", smp: 2 },
    { machine: "amd", smp: 4 },
    { machine: "intel", smp: 2 },
  ])("is that of the reference on $machine with $smp processors", async ({ machine, smp }) => {
    const { cases, broken } = await runSuite({ machine, smp });
    expect(cases.filter(({ blamed }) => blamed !== undefined)).toEqual([]);
    expect(broken).toBeUndefined();
    const tested = new Set(cases.map(({ ppid, subject }) => `${ppid} ${subject}`));
    const ends = new Set(["CONTROL_EXIT", "CONTROL_WAIT"]);
    const wanted = [...calls.keys()].filter((call) => !ends.has(call) && !isVersion2(call));
    const missing = wanted.flatMap((call) => [...Array(smp).keys()].map((ppid) => `${ppid} ${call}`));
    expect(missing.filter((key) => !tested.has(key))).toEqual([]);
  });

  it("is the same with initialised thread-local data, and while exits are logged", async () => {
    const { cases, broken } = await runSuite({ smp: 2, tlsImage: true, debug: 2 });
    expect(cases.filter(({ blamed }) => blamed !== undefined)).toEqual([]);
    expect(broken).toBeUndefined();
  });
});

describe("version 2, with a client and a service", () => {
  it.each([
    { machine: "amd", smp: 1 },
    { machine: "amd", smp: 2 },
    { machine: "amd", smp: 4 },
    { machine: "intel", smp: 2 },
  ])("is as documented on $machine with $smp processors", async ({ machine, smp }) => {
    const { cases, broken } = await runVersion2({ machine, smp });
    expect(cases.filter(({ blamed }) => blamed !== undefined)).toEqual([]);
    expect(broken).toBeUndefined();
    const tested = new Set(cases.map(({ subject }) => subject));
    expect([...calls.keys()].filter((call) => isVersion2(call) && !tested.has(call))).toEqual([]);
  });
});

describe("an extension that fails", () => {
  it.each(failures)("by $name leaves what it should", async (failure) => {
    expect(await runFailure(failure)).toEqual(failure.expected);
  });

  const some = new Set(["bootstrap_segfault", "vmexit_return", "fail_wait", "recover_page_fault", "later_vmexit_exit"]);
  it.each(failures.filter(({ name }) => some.has(name)))("by $name does so on Intel", async (failure) => {
    expect(await runFailure(failure, { machine: "intel" })).toEqual(failure.expected);
  });
});

/** One of each kind; `npm run test:conformance -- --mutate all` tries all. */
const mutations: readonly Mutation[] = [
  { call: "VS_READ", kind: "status" },
  { call: "VM_CREATE", kind: "output" },
  { call: "VS_CLEAR", kind: "nothing" },
  { call: "MESSAGE_CALL", kind: "output" },
  { call: "NESTED_MAP", kind: "nothing" },
  { call: "VS_RUN_CURRENT", kind: "other", instead: "VS_ADVANCE_IP_AND_RUN_CURRENT" },
];

describe("a microkernel with a fault", () => {
  let mutant = "";
  beforeAll(async () => {
    mutant = await buildMutant();
  });

  it.each(mutations)("in $call ($kind) is found out", async (mutation) => {
    expect(await tryMutation(mutant, mutation)).toMatchObject({ caught: true, blamed: [mutation.call] });
  });
});
