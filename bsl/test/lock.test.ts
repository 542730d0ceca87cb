import { describe, expect, test } from "vitest";
import { EndlessWait } from "../test-support/index.ts";
import { loadLibrary } from "./library.ts";

describe("lock", () => {
  test("is held from acquire to release, whatever the tickets' values", () => {
    const { exports, memory } = loadLibrary();
    const address = exports.nativeAddress(exports.lockAddress());
    for (const ticket of [0n, 0x7fff_ffffn, 0xffff_ffffn]) {
      memory.poke(address, 4, ticket);
      memory.poke(address + 4n, 4, ticket);
      expect(exports.isHeld()).toBe(0);
      exports.acquire();
      expect(exports.isHeld()).toBe(1);
      expect(exports.tryAcquire()).toBe(0);
      exports.release();
      expect(exports.tryAcquire()).toBe(1);
      exports.release();
      expect(exports.isHeld()).toBe(0);
      expect(memory.peek(address, 4)).toBe((ticket + 2n) & 0xffff_ffffn);
      expect(memory.peek(address + 4n, 4)).toBe((ticket + 2n) & 0xffff_ffffn);
    }
  });

  test("lets nobody in twice", () => {
    const { exports } = loadLibrary();
    exports.acquire();
    expect(() => exports.acquire()).toThrow(EndlessWait);
  });

  test("serves those who wait in the order in which they came", () => {
    const { exports, memory } = loadLibrary();
    const address = exports.nativeAddress(exports.lockAddress());
    exports.acquire();
    // Two others draw tickets 1 and 2; this processor draws 3 and must wait until both are done.
    memory.poke(address, 4, 3n);
    let pauses = 0;
    memory.onPause = () => {
      pauses++;
      if (pauses % 10 === 0) memory.poke(address + 4n, 4, BigInt(pauses / 10));
    };
    exports.acquire();
    expect(pauses).toBe(30);
  });

  test("is given up for lost, after a while, once a processor has ended that may hold it", () => {
    const { exports, memory } = loadLibrary();
    memory.pauseLimit = Number.POSITIVE_INFINITY;
    exports.acquire();
    exports.abandonLocks();
    let pauses = 0;
    memory.onPause = () => {
      pauses++;
    };
    expect(() => exports.acquire()).toThrow("unreachable");
    expect(pauses).toBeGreaterThan(100_000);
  });

  test("that is free can be taken when a processor has ended", () => {
    const { exports } = loadLibrary();
    exports.abandonLocks();
    exports.acquire();
    expect(exports.isHeld()).toBe(1);
  });
});
