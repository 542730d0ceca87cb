// Linux keeps its x87 and vector registers, whatever an extension does with them

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, guestProgram, KERNEL, succeed } from "./machine.ts";

const SPOILER = "/usr/lib/bareflank/spoiler.elf";
/** At each exit: ones in vector registers, another number on the x87 stack, and all exceptions of MXCSR raised. */
const vmexit = `
  pcmpeqd xmm0, xmm0; movdqa xmm7, xmm0; movdqa xmm15, xmm0
  fninit; fld1; fld1
  mov dword ptr [rsp - 8], 0x1fbf
  ldmxcsr [rsp - 8]`;

describe("an extension that uses vector registers at each exit", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await bootMachine({
      smp: 2,
      put: [
        { from: assemble({ vmexit }), to: SPOILER },
        { from: guestProgram("vectors"), to: "/usr/bin/bf-vectors" },
      ],
    });
  });

  afterAll(() => linux?.close());

  it("changes none of a program's", async () => {
    await succeed(linux, `bf-ioctl load ${KERNEL} ${SPOILER} && bfm start`);
    const both = "for cpu in 0 1; do taskset -c $cpu bf-vectors 2000 & done; wait";
    expect(await succeed(linux, both)).toBe("wrong=0\nwrong=0\n");
    await succeed(linux, "bfm stop && bfm unload");
    expect(await complaints(linux)).toBe("");
  });
});
