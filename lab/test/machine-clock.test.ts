import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { MachineClock, waitingSeconds } from "../src/emulator/machine-clock.ts";

/** A clock over threads and a wall clock that the test moves. */
function fake() {
  const waits = new Map<string, number>([["1", 5]]);
  const wall = { now: 100 };
  const clock = new MachineClock(
    () => new Map(waits),
    () => wall.now,
  );
  return { waits, wall, clock };
}

it("counts the seconds in which nobody waited for a processor", () => {
  const { wall, clock } = fake();
  wall.now += 7;
  expect(clock.seconds).toBe(7);
  wall.now += 1;
  expect(clock.seconds).toBe(8);
});

it("stands still while the emulator waits for a processor, and takes back what it counted too early", () => {
  const { waits, wall, clock } = fake();
  wall.now += 10;
  waits.set("1", 5 + 9);
  expect(clock.seconds).toBe(1);
  // The wait goes on, but is known when it ends.
  wall.now += 4;
  expect(clock.seconds).toBe(5);
  wall.now += 1;
  waits.set("1", 14 + 5);
  expect(clock.seconds).toBe(1);
});

it("takes the thread that waited longest, and threads that come and go", () => {
  const { waits, wall, clock } = fake();
  wall.now += 10;
  waits.set("1", 5 + 2);
  waits.set("2", 6);
  expect(clock.seconds).toBe(4);
  waits.delete("1");
  wall.now += 3;
  expect(clock.seconds).toBe(7);
});

it("reads what Linux counts for a process that wants more processors than there are", async () => {
  const busy = Array.from({ length: 8 }, () => "while :; do :; done &").join(" ");
  const child = spawn("sh", ["-c", `${busy} while :; do :; done`], { detached: true });
  try {
    await sleep(1_500);
    const waited = [...waitingSeconds(child.pid ?? 0).values()];
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThan(0);
  } finally {
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
  }
});

it("has no threads for a process that has ended", () => {
  expect(waitingSeconds(2 ** 30)).toEqual(new Map());
});
