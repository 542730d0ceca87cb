// Costs that docs/specification.md promises, and that exits leave nothing behind

import { expect, it } from "vitest";
import { badHandleCost, exitCosts, objectCost, switchCost, vectorCost, vsReadCost } from "./call-cost.ts";
import { expectNoLeak } from "./leak.ts";

const VS_READ_LIMIT = 140;
const BAD_HANDLE_LIMIT = 90;
const VECTOR_LIMIT = 500;
/** The buddy allocator may have to split a larger block, whatever number of objects there is. */
const TOLERANCE = 0.15;

it("reads a VS's RIP in few instructions", async () => {
  expect(await vsReadCost()).toBeLessThanOrEqual(VS_READ_LIMIT);
});

it("refuses a bad handle in fewer", async () => {
  expect(await badHandleCost()).toBeLessThanOrEqual(BAD_HANDLE_LIMIT);
});

it("lets an extension use vector registers in an exit, at the cost of saving the guest's", async () => {
  expect(await vectorCost()).toBeLessThanOrEqual(VECTOR_LIMIT);
});

it("makes and destroys a VM, a VP and a VS at the same cost with ten thousand of each beside them", async () => {
  const { few, many } = await objectCost();
  expect(few).toBeGreaterThan(0);
  expect(Math.abs(many - few) / few).toBeLessThan(TOLERANCE);
});

it("makes a VS active and reads another one in exactly as many instructions with ten thousand beside them", async () => {
  const { few, many } = await switchCost();
  expect(few).toBeGreaterThan(0);
  expect(many).toBe(few);
});

it("makes an exit in exactly as many", async () => {
  const { few, many } = await exitCosts();
  expect(few).toBeGreaterThan(0);
  expect(many).toBe(few);
});

it("leaks nothing in a hundred thousand exits", () => expectNoLeak(100_000));
