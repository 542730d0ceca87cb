// Tests that do not end, and tests that only wait for their host

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "./watchdog.ts";

const SECOND = 1000;
let used = 0;
let watchdog: Watchdog;

beforeEach(() => {
  vi.useFakeTimers();
  used = 5;
  watchdog = new Watchdog(10, () => used);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass in which the tests get a share of the processor. */
function pass(seconds: number, share: number): void {
  for (let second = 0; second < seconds; second++) {
    vi.advanceTimersByTime(SECOND);
    used += share;
    if (watchdog.isLate()) return;
  }
}

test("a test that loops is late when it has used its processor time", () => {
  pass(10, 1);
  expect(watchdog.isLate()).toBe(false);
  pass(1, 1);
  expect(watchdog.isLate()).toBe(true);
});

test("on a busy host it gets the same processor time, however long that takes", () => {
  pass(990, 0.01);
  expect(watchdog.isLate()).toBe(false);
  pass(20, 0.01);
  expect(watchdog.isLate()).toBe(true);
});

test("many tests that end one after the other are not late", () => {
  for (let test = 0; test < 100; test++) {
    pass(9, 1);
    watchdog.feed();
  }
  expect(watchdog.isLate()).toBe(false);
});

test("a test that waits for what never comes is late after a minute", () => {
  pass(60, 0);
  expect(watchdog.isLate()).toBe(false);
  pass(1, 0);
  expect(watchdog.isLate()).toBe(true);
});
