// The code that the manual shows in part: each piece compiles in the place that it is meant for

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { extensionPackages, PATIENCE, type TemplateName } from "./extension-package.ts";

const packages = extensionPackages();

interface Fragment {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const fragments: readonly Fragment[] = ["docs/extensions.md", "sdk/c/README.md", "sdk/cpp/README.md"].flatMap(
  (page) => {
    const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8");
    return [...text.matchAll(/^```(ts|c|cpp|rust)\n(.*?)^```/gms)].map(([, language = "", code = ""]) => ({
      page,
      language,
      text: code,
    }));
  },
);

/** Where a piece belongs: the words by which it is known, and what stands around it. */
interface Place {
  readonly name: string;
  readonly template: TemplateName;
  /** A word of each piece, and the function around it; none for what stands alone. */
  readonly pieces: readonly (readonly [string, string?, string?])[];
  readonly before?: string;
  readonly after?: string;
  readonly field?: object;
  /** What lies beside the source, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const BOOTSTRAP = "export function bootstrap(ppid: u32): Next {\n  startRoot(ppid);\n  return Next.Run;\n}\n";

const places: readonly Place[] = [
  {
    name: "in-handlers",
    template: "minimal",
    pieces: [
      ["KIND_HELLO", "export function hello(first: u64, second: u64): void {\n"],
      ["Service.find", "export function asking(): void {\n"],
      ["vs.explain()", "export function explaining(vs: Vs): void {\n"],
      ["IoMap.closed()", "export function opening(vs: Vs): void {\n"],
    ],
    before:
      "import { IoMap, Level, line, log, logNumber, NestedTables, Next, onMessage, Outcome, post, Service, " +
      'startRoot, Vs } from "@bareflank/sdk";\n' +
      "const KIND_HELLO: u32 = 1;\n",
    after: BOOTSTRAP,
  },
  {
    name: "embedding",
    template: "minimal",
    pieces: [
      [
        'embed("payload.bin")',
        "export function bootstrap(ppid: u32): Next {\n  startRoot(ppid);\n",
        "  return Next.Run;\n}\n",
      ],
    ],
    before: 'import { allocatePage, embed, Next, ownMemory, PAGE_BYTES, startRoot } from "@bareflank/sdk";\n',
    files: { "src/payload.bin": "payload" },
  },
  {
    name: "starting-processors",
    template: "minimal",
    pieces: [["InitSipi.virtualize"]],
    before: 'import { InitSipi, MsrMap, NestedTables, Next, startRoot } from "@bareflank/sdk";\n',
  },
  {
    name: "a-service",
    template: "minimal",
    pieces: [["serve((request)"]],
    before: 'import { Next, serve } from "@bareflank/sdk";\n',
  },
  {
    name: "one-instance",
    template: "minimal",
    pieces: [["exchangeAdd64"]],
    before: 'import { CpuidExit, exchangeAdd64, nativeAddress, Next, onCpuid, startRoot } from "@bareflank/sdk";\n',
    field: { instance: "shared" },
  },
  {
    name: "closures",
    template: "cpuid-journal",
    pieces: [["visits.set"]],
    before:
      'import { Next, onCpuid, onUncaught, reportError, startRoot } from "@bareflank/sdk";\n' +
      "class Visits {\n  constructor(public leaf: u32) {}\n}\n",
  },
  {
    name: "rust-handlers",
    template: "rust",
    pieces: [["ports.trap"]],
  },
  {
    name: "c-handlers",
    template: "c",
    pieces: [["bf_on_io(hide)"]],
  },
  {
    name: "cpp-handlers",
    template: "cpp",
    pieces: [["on_control_write(keep_smep)"]],
  },
  {
    name: "c-service",
    template: "c",
    pieces: [["void message("]],
    before: "#include <bareflank/extension.h>\n",
  },
  {
    name: "c-calls",
    template: "c",
    pieces: [
      ["bf_send(service", "static enum bf_next asking(void)\n{\n", "    (void)status;\n    return bf_run;\n}\n"],
      ["bf_vm_create(&vm)", "static enum bf_next creating(void)\n{\n", "    return bf_run;\n}\n"],
    ],
    before: "#include <bareflank/extension.h>\n",
    after:
      "enum bf_next bootstrap(bf_pp pp)\n{\n    bf_root_start(pp);\n    return pp.id == 99 ? asking() : creating();\n}\n" +
      "enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_root_vmexit(vs, reason); }\n",
  },
  {
    name: "cpp-calls",
    template: "cpp",
    pieces: [["Result<Vm>", "static Next creating() {\n", "    return Next::run;\n}\n"]],
    before: "#include <bareflank/extension.hpp>\nusing namespace bareflank;\n",
    after:
      "Next bootstrap(Pp pp) {\n    root::start(pp);\n    return creating();\n}\n" +
      "Next vmexit(Vs vs, uint64_t reason) { return root::vmexit(vs, reason); }\n",
  },
  {
    name: "cpp-library",
    template: "cpp",
    pieces: [["#include <unordered_map>"]],
    before: "#include <bareflank/extension.hpp>\nusing namespace bareflank;\n",
    after: "Next bootstrap(Pp pp) {\n    root::start(pp);\n    return Next::run;\n}\n",
    field: { runtime: "std", memory: { maximumKiB: 1024 } },
  },
];

/** The pieces that are whole extensions are built and run by manual.bare.test.ts. */
const isWhole = ({ language, text }: Fragment) =>
  fragments.find((other) => other.language === language && other.page === "docs/extensions.md")?.text === text;

function piece(word: string): string {
  const found = fragments.filter(({ text }) => text.includes(word));
  expect(found, word).toHaveLength(1);
  return found[0]?.text ?? "";
}

describe("the code that the manual shows in part", () => {
  it("has a place, each piece", () => {
    const words = places.flatMap(({ pieces }) => pieces.map(([word]) => word));
    const without = fragments.filter((one) => !isWhole(one) && !words.some((word) => one.text.includes(word)));
    expect(without).toEqual([]);
  });

  it.each(places.map((place) => [place.name, place] as const))(
    "compiles: %s",
    async (name, place) => {
      const { template, pieces, before = "", after = "", field, files } = place;
      const code = pieces.map(
        ([word, head = "", tail = "}\n"]) => head + piece(word) + (head === "" && tail === "}\n" ? "" : tail),
      );
      await packages.build(template, name, before + code.join("") + after, field, files);
    },
    PATIENCE,
  );
});
