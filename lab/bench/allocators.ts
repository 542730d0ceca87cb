// What the kernel's allocators cost, in instructions, beside a twin in C; how memory is split up after long use

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { allocatorImage, compileProgram } from "../../kernel/test/native/compile.ts";
import type { Figure } from "./figure.ts";

/** What allocators/bench.c prints; its lists end with null. */
interface Report {
  readonly occupancy: readonly (Occupancy | null)[];
  readonly fragmentation: readonly (Fragmentation | null)[];
  readonly single: Readonly<Record<"take" | "give" | "takeZeroed" | "takeObject" | "giveObject", number>>;
}

interface Occupancy {
  readonly allocator: string;
  readonly percent: number;
  readonly take: number;
  readonly give: number;
}

interface Fragmentation {
  readonly allocator: string;
  /** Share of the free memory that is in no block of the largest order. */
  readonly external: number;
  /** Share of the requests for a block of the largest order that succeeded. */
  readonly largest: number;
}

/** Most instructions that the allocator takes, as a multiple of its twin's. */
const MOST_RATIO = 1.25;

function run(): Report {
  const own = (name: string) => join(import.meta.dirname, "allocators", name);
  const sources = ["bench.c", "twin.c", "first-fit.c"].map(own);
  const program = compileProgram("bench", sources, [own("twin.h")]);
  return JSON.parse(execFileSync(program, [allocatorImage("kernel-memory-native")], { encoding: "utf8" })) as Report;
}

/** The entry of an allocator. */
function of<T extends { readonly allocator: string }>(entries: readonly (T | null)[], allocator: string): T {
  const found = entries.find((entry) => entry?.allocator === allocator);
  if (found === undefined || found === null) throw new Error(`The benchmark printed nothing of "${allocator}".`);
  return found;
}

function occupancyFigures({ occupancy }: Report): Figure[] {
  return [50, 80, 95].flatMap((percent) => {
    const at = occupancy.filter((entry) => entry?.percent === percent);
    const [kernel, twin] = [of(at, "kernel"), of(at, "twin in C")];
    const unit = "ratio";
    return [
      {
        key: `pagesTaken${percent}`,
        title: `take a block with ${percent} % taken, by the twin`,
        value: kernel.take / twin.take,
        unit,
        limit: MOST_RATIO,
      },
      {
        key: `pagesGiven${percent}`,
        title: `give one back with ${percent} % taken, by the twin`,
        value: kernel.give / twin.give,
        unit,
        limit: MOST_RATIO,
      },
    ] as const;
  });
}

function singleFigures({ single }: Report): Figure[] {
  const figure = (key: keyof Report["single"], title: string, limit: number): Figure => {
    return { key: `single-${key}`, title, value: single[key], unit: "instructions", limit };
  };
  return [
    figure("take", "take a page that is at hand", 60),
    figure("takeZeroed", "take a zeroed page that is at hand", 60),
    figure("give", "give a page back", 60),
    figure("takeObject", "take an object of 64 bytes that is at hand", 80),
    figure("giveObject", "give it back", 150),
  ];
}

function fragmentationFigures({ fragmentation }: Report): Figure[] {
  const [kernel, twin, firstFit] = ["kernel", "twin in C", "first-fit"].map((name) => of(fragmentation, name));
  if (kernel === undefined || twin === undefined || firstFit === undefined) throw new Error("An allocator is missing.");
  const unit = "ratio";
  const failed = (entry: Fragmentation) => 1 - entry.largest;
  return [
    {
      key: "external",
      title: "free memory outside of 4 MiB blocks, in the end",
      value: kernel.external,
      unit,
      limit: twin.external,
    },
    { key: "externalFirstFit", title: "the same of first-fit", value: firstFit.external, unit },
    {
      key: "largestFailed",
      title: "requests for 4 MiB that fail",
      value: failed(kernel),
      unit,
      limit: Math.min(failed(twin), failed(firstFit)),
    },
    { key: "largestFailedFirstFit", title: "the same of first-fit", value: failed(firstFit), unit },
  ];
}

export function allocatorFigures(): Promise<Figure[]> {
  const report = run();
  return Promise.resolve([...singleFigures(report), ...occupancyFigures(report), ...fragmentationFigures(report)]);
}
