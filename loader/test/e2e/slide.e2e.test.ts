// Under Linux each start puts the microkernel elsewhere, and what status and dump say is right

import { afterAll, beforeAll, expect, it } from "vitest";
import { LinuxMachine } from "../../../lab/src/index.ts";
import { succeed } from "./machine.ts";

const STARTS = 4;
let linux: LinuxMachine;

beforeAll(async () => {
  linux = await LinuxMachine.boot({ smp: 2 });
});

afterAll(() => linux?.close());

const start = async (options = "") => {
  await succeed(linux, `bfm start ${options}`);
  const status = JSON.parse(await succeed(linux, "bfm status --json"));
  await succeed(linux, "bfm stop");
  return status as { imageSlide: number; memorySlide: number; mitigations: string[]; exposures: string[] };
};

it("by Linux's random numbers, and not when that is not wanted", async () => {
  await succeed(linux, "bfm load");
  const slides: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const { imageSlide, memorySlide } = await start();
    slides.push(imageSlide, memorySlide);
  }
  // Of 122,000 places and more for each
  expect(new Set(slides).size).toBeGreaterThan(STARTS);
  for (const slide of slides) expect([slide % 4096, slide < 0x2000_0000]).toEqual([0, true]);
  expect(await start("--no-kaslr")).toMatchObject({ imageSlide: 0, memorySlide: 0 });
});

it("and status says what this processor does against speculation: nothing, for its emulator has nothing", async () => {
  expect(await start("--mitigations auto")).toMatchObject({ mitigations: [], exposures: ["branches"] });
});
