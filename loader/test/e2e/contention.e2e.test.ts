// Several callers at once, on processors that have other work

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, driverStatus, succeed } from "./machine.ts";

const RUNNING = 12;
const WORK = "(while :; do md5sum /usr/bin/* >/dev/null; done) &";

describe("four busy processors", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({ smp: 4 });
    await succeed(linux, `bfm load; (for i in 1 2 3 4; do ${WORK} done) >/dev/null 2>&1`);
  });
  afterAll(() => linux?.close());

  it("are taken and given back", async () => {
    // bfm once: four times its start-up beside four busy processors would be most of what this test costs.
    await succeed(linux, "bfm start && bfm stop && for i in 1 2 3 4; do bf-ioctl start stop || exit 1; done");
  });

  it("are taken by one caller after the other", async () => {
    const start = "(bf-ioctl start || echo failed)";
    const output = await succeed(linux, `${start} & ${start} & ${start} & wait`);
    expect(output).not.toContain("failed");
    expect(await driverStatus(linux)).toMatchObject({ state: RUNNING, mask: 0b1111, starts: 8, stops: 7 });
    await succeed(linux, "bf-ioctl stop");
    expect(await complaints(linux)).toBe("");
  });
});
