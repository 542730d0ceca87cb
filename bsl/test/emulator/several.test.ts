// Many processors at once: nothing of one is kept where another finds it

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partPath, Random } from "../../test-support/index.ts";
import { type Guest, moduleMemory, placesAt, RESULT } from "./guest.ts";
import { DEVICE, guestAt, MEMORY, RAX, RBX, RCX, RDI, RSI } from "./program.ts";

/** Instructions that stop in the middle, for different reasons. */
const PROGRAMS = ["48 01 03", "f3 a5", "48 0f c7 0b", "ff 33", "f3 a6", "0f c1 03", "f3 6f", "6d"] as const;

/** What a device is asked, and how the guest ends, when its calls are made whenever `turns` says. */
function run(guests: readonly Guest[], turns: () => number): string[] {
  const logs = guests.map(() => "");
  const isDone = guests.map(() => false);
  while (isDone.includes(false)) {
    const turn = turns();
    const guest = guests[turn];
    if (guest === undefined || isDone[turn]) continue;
    const result = guest.step();
    logs[turn] += `${result} ${guest.get("ADDRESS").toString(16)} ${guest.get("DATA").toString(16)}, `;
    if (result === RESULT.read || result === RESULT.in) guest.set("DATA", guest.get("ADDRESS") * 0x9e37_79b9n);
    isDone[turn] = result === RESULT.done || result === RESULT.exception;
    if (isDone[turn])
      logs[turn] += Array.from({ length: 16 }, (_, number) => guest.general(number).toString(16)).join(" ");
  }
  return logs;
}

function guestsWith(index: number, seed: number): Guest {
  const random = new Random(seed);
  const guest = guestAt(random.pick(PROGRAMS), 64, index);
  guest.setGeneral(RAX, random.next());
  guest.setGeneral(RBX, DEVICE + BigInt(random.below(0x200) * 16) - 8n * BigInt(random.below(2)));
  guest.setGeneral(RCX, BigInt(random.below(20)));
  guest.setGeneral(RSI, random.once(2) ? DEVICE : MEMORY);
  guest.setGeneral(RDI, random.once(2) ? DEVICE + 0x800n : MEMORY + 0x800n);
  guest.setGeneral(4, MEMORY + 0x1000n);
  return guest;
}

describe("processors that are emulated at the same time", () => {
  it("do what each does alone, whoever's turn it is", () => {
    for (let seed = 0; seed < 100; seed++) {
      const alone = [0, 1, 2, 3].map((index) => run([guestsWith(index, seed * 4 + index)], () => 0)[0]);
      const random = new Random(seed);
      const together = run(
        [0, 1, 2, 3].map((index) => guestsWith(index, seed * 4 + index)),
        () => random.below(4),
      );
      expect(together).toEqual(alone);
    }
  });

  it("leave nothing in the module's memory but in their places, and need nothing of those later", () => {
    const guest = guestAt("48 01 03");
    const before = moduleMemory().slice();
    expect(guest.step()).toBe(RESULT.read);
    const { address, bytes } = placesAt();
    moduleMemory().fill(0xa5, address, address + bytes);
    guest.set("DATA", 5n);
    expect(guest.step()).toBe(RESULT.write);
    moduleMemory().fill(0x5a, address, address + bytes);
    expect(guest.step()).toBe(RESULT.done);
    const after = moduleMemory().slice();
    before.fill(0, address, address + bytes);
    after.fill(0, address, address + bytes);
    expect(Buffer.compare(before, after)).toBe(0);
  });

  it("share no variable: the module has none that changes", () => {
    const globals = mutableGlobals(readFileSync(partPath("emulator")));
    expect(globals).toBe(0);
  });
});

/** How many of a module's globals can be written (WebAssembly core specification, 5.5.9). */
function mutableGlobals(wasm: Uint8Array): number {
  const GLOBAL_SECTION = 6;
  const END = 0x0b;
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < wasm.length) {
    const section = wasm[at++];
    const end = number() + at;
    if (section === GLOBAL_SECTION) {
      let count = 0;
      for (let left = number(); left > 0; left--) {
        count += wasm[at + 1] ?? 0;
        // The type, whether it changes, and an instruction with a constant
        at += 3;
        number();
        if (wasm[at++] !== END) throw new Error("a global begins with something else than a constant");
      }
      return count;
    }
    at = end;
  }
  return 0;
}
