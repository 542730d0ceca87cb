// The debug ring and the serial port

import {
  DEBUG_RING_CHARS,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_DEBUG_OUT,
  SYSCALL_DEBUG_WRITE_C,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { inBootstrap, inStart, inVmexit, registered, status } from "../machine/extension-life.ts";

const write = (pp: Parameters<typeof status>[0], text: string) => {
  for (const character of text) status(pp, SYSCALL_DEBUG_WRITE_C, BigInt(character.charCodeAt(0)));
};

describe("the debug ring", () => {
  test("counts what was ever written", () => {
    const { machine, pp } = inStart();
    write(pp, "hello");
    expect(machine.ring.values()).toEqual({ begin: 0n, end: 5n });
  });

  test("drops the oldest text when it is full, one character for each new one", () => {
    const { machine, pp } = inStart();
    const size = BigInt(DEBUG_RING_CHARS);
    machine.ring.set("end", size - 2n);
    write(pp, "ab");
    expect(machine.ring.values()).toEqual({ begin: 0n, end: size });
    write(pp, "c");
    expect(machine.ring.values()).toEqual({ begin: 1n, end: size + 1n });
    expect(machine.log.slice(-3)).toBe("abc");
    expect(machine.log).toHaveLength(DEBUG_RING_CHARS);
  });

  test("that wrapped holds the newest text whole", () => {
    const { machine, pp } = inStart();
    const size = BigInt(DEBUG_RING_CHARS);
    machine.ring.set("end", size - 500n);
    const lines = Array.from(
      { length: 40 },
      (_, line) => `0x${line.toString(16).padStart(16, "0")} 0x0000000000000000\n`,
    );
    for (let line = 0n; line < 40n; line++) status(pp, SYSCALL_DEBUG_OUT, line, 0n);
    const end = size - 500n + BigInt(lines.join("").length);
    expect(machine.ring.values()).toEqual({ begin: end - size, end });
    expect(machine.log.endsWith(lines.join(""))).toBe(true);
  });

  test("goes on where the last start left it", () => {
    const { machine, pp } = inStart();
    machine.ring.set("begin", 0x10_0000_0000n);
    machine.ring.set("end", 0x10_0000_0000n);
    write(pp, "again");
    expect(machine.log).toBe("again");
  });
});

describe("the serial port", () => {
  test("gets a carriage return with each line feed; the ring does not", () => {
    const { machine, pp } = inStart();
    write(pp, "a\nb\n");
    expect(machine.serial.text).toBe("a\r\nb\r\n");
    expect(machine.log).toBe("a\nb\n");
  });

  test("that is not there costs patience, not the text in the ring", () => {
    const { machine, pp } = inStart();
    machine.serial.isThere = false;
    write(pp, "x");
    expect(machine.log).toBe("x");
    expect(machine.serial.statusReads).toBeLessThanOrEqual(100_000);
  });

  test("works without a ring", () => {
    const { machine, pp } = inStart({ ring: false });
    write(pp, "alone");
    expect(machine.serial.text).toBe("alone");
  });
});

describe("what the microkernel says", () => {
  test.each([
    ["_start", () => registered(), "the extension called exit in _start"],
    ["bootstrap", () => inBootstrap(), "the extension called exit in bootstrap"],
    ["vmexit", () => inVmexit(), "the extension called exit in vmexit"],
  ])("about the end of %s names processor, reason and callback", (_, scene, sentence) => {
    const { machine, pp } = scene();
    pp.syscall(SYSCALL_CONTROL_EXIT);
    expect(machine.log).toContain(`bareflank: PP 0: ${sentence}\n`);
  });

  test.each([
    [
      "fails itself",
      SYSCALL_CONTROL_WAIT,
      "the extension called wait or again where that ends nothing in fail, called for vmexit",
    ],
    ["gives up", SYSCALL_CONTROL_EXIT, "the extension faulted in vmexit"],
  ])("about a fail callback that %s tells which of the two failed", (_, call, sentence) => {
    const { machine, pp } = inVmexit();
    const VECTOR_UNDEFINED_OPCODE = 6;
    pp.fault(VECTOR_UNDEFINED_OPCODE);
    pp.syscall(call);
    expect(machine.log).toContain(`bareflank: PP 0: ${sentence}\n`);
  });

  test("is nothing as long as all goes well", () => {
    const { machine } = inVmexit();
    expect([machine.log, machine.serial.text]).toEqual(["", ""]);
  });
});
