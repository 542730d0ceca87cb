// Intel's processors under Linux, on Bochs: what they lack in a sentence, and many starts and stops during NMIs

import { describe, expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";
import { describeCycles } from "./intel-cycles.ts";

const BFM_FAILED = 1;

describe("an Intel processor that lacks what is needed is refused with a sentence, and left as it was", () => {
  it.each([
    ["core2_penryn_t9600", "processor 0 has VMX, but no extended page tables (EPT)"],
    ["corei5_lynnfield_750", "processor 0 has VMX and EPT, but no unrestricted guest"],
  ])("%s", async (cpu, sentence) => {
    const probe = "cat /proc/bfprobe";
    const command = `insmod /usr/lib/bareflank/probe.ko && ${probe} >before && bfm load && { bfm start; code=$?; } &&
      ${probe} | cmp - before && bfm status >&2 && exit $code`;
    const { exitCode, stderr } = await runLinux({ machine: "intel", cpu, command });
    expect(stderr).toContain(sentence);
    expect(stderr).toContain("loaded, not running");
    expect(exitCode).toBe(BFM_FAILED);
  });
});

describe("60 starts and stops on two of Intel's processors, during NMIs", () => {
  describeCycles({ rounds: 60, presses: 15 });
});
