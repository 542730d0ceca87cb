// The names and calls that the manual mentions, by the language that they belong to

import { readFileSync } from "node:fs";
import { join } from "node:path";

export type ManualLanguage = "TypeScript" | "C" | "C++" | "Rust";

/** What a language's compiler has to know. */
export interface Mentioned {
  /** `settingNumber`, `Next.Run`, `root::start`, each once. */
  readonly names: readonly string[];
  /** Whole calls: `settingNumber("leaf", 1)`. */
  readonly calls: readonly string[];
}

/** A page, and the language that it is about when nothing else says so. */
const PAGES: readonly (readonly [string, ManualLanguage | undefined])[] = [
  ["README.md", undefined],
  ["docs/extensions.md", undefined],
  ...["cookbook", "counters", "devices", "guest-memory", "nested-paging", "second-vm"].map(
    (chapter) => [`docs/extensions/${chapter}.md`, "TypeScript"] as const,
  ),
  ["docs/objects.md", undefined],
  ["docs/abi.md", undefined],
  ["docs/caveats.md", undefined],
  ["sdk/c/README.md", "C"],
  ["sdk/cpp/README.md", "C++"],
  ["sdk/rust/README.md", "Rust"],
];

/** Pages for authors of extensions. */
const AUTHORS: readonly string[] = ["README.md", "docs/extensions.md"];

/** In headings, in the heads of columns, and in the first column of a row. */
const LANGUAGES: Readonly<Record<string, ManualLanguage>> = {
  TypeScript: "TypeScript",
  C: "C",
  "C++": "C++",
  "C and C++": "C++",
  Rust: "Rust",
};

/** Files, options and commands, names of libraries and registers, and places in memory. */
const NO_NAME =
  /^(?:-|bfm? |npm |\.|…|std::)|\/|\.(?:ts|md|txt|elf|json|hp{0,2}|c(?:pp)?|rs|S|ld|c?js)$|^(?:CR|DR)\d|^(?:RFLAGS|EFER|IA32|VM|BNDCFGU)[._]|0x|\b[0-9A-F]{4}_/;

/** Words of the languages themselves, of the machine and of other programs. */
const OTHERS = new Set([
  ...["Door", "Error", "Result", "Err", "Some", "Debug", "_Thread_local", "thread_local", "no_std", "class Door"],
  ...["bootstrap", "vmexit", "fail", "dispose", "dispose()", "Err(Status)"],
  ...["HWCR", "HWCR.CpuidUserDis", "CpuidUserDis", "MISC_FEATURES_ENABLES"],
  ...[
    "new",
    "delete",
    "new (std::nothrow)",
    "alloc",
    "Box",
    "Vec",
    "extern crate alloc",
    "extern crate alloc;",
    "try_reserve",
  ],
  ...["malloc", "calloc", "realloc", "aligned_alloc", "free", "heap"],
  ...[
    "memory.grow(1)",
    "memory.grow",
    "maximumKiB",
    "initialKiB",
    "memory.maximumKiB",
    "memory_grow",
    "MEMORY_STEP_PAGES",
  ],
  ...[
    "useUnknownInCatchVariables",
    "memory.initialKiB",
    "_start",
    "ttyS1",
    "x86_64",
    "fPIE",
    "Write",
    "bareflank_kvm",
    "microv",
  ],
  // Linux's own, and a program's
  ...["irqd_cfg", "irq_get_irq_data", "dest_apicid", "request_irq", "No", "CONFIG_DEBUG_INFO_BTF"],
  ...["init_task", "task_struct", "task_struct.pid", "offsets.mjs", "MOST_TASKS", "memory.data"],
]);

interface Span {
  readonly text: string;
  readonly language: ManualLanguage | undefined;
}

/** What stands between backticks, and whose language it is. */
function spans(page: string, pagesLanguage: ManualLanguage | undefined): Span[] {
  const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8").replace(/^```.*?^```/gms, "");
  const found: Span[] = [];
  let section = pagesLanguage;
  let columns: (ManualLanguage | undefined)[] = [];
  const take = (words: string, language: ManualLanguage | undefined) => {
    for (const [, span = ""] of words.matchAll(/`([^`]+)`/g)) found.push({ text: span.replace(/\s+/g, " "), language });
  };
  let paragraph = "";
  for (const line of [...text.split("\n"), ""]) {
    const heading = /^##? (.*)/.exec(line)?.[1];
    if (heading !== undefined) section = LANGUAGES[heading] ?? pagesLanguage;
    if (line.startsWith("|")) {
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim());
      if (columns.length === 0) columns = cells.map((cell) => LANGUAGES[cell]);
      const row = LANGUAGES[cells[0] ?? ""];
      for (const [index, cell] of cells.entries()) take(cell, row ?? columns[index] ?? section);
    } else {
      columns = [];
      // A span may go on in the next line
      paragraph += `${line}\n`;
      if (line !== "") continue;
      take(paragraph, section);
      paragraph = "";
    }
  }
  return found;
}

const NAME = /(?<![\w$.:>/-])[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)*/g;
const WORD_OF_CODE = /[a-z][A-Z]|_|\.|::|->|^[A-Z][a-z]/;
const CALL = /^[\w.:>-]+\(.*\)\??$/;
/** Types and ellipses stand for something else: that is a shape, and no call. */
const SHAPE = /…|: u\d|\*$|\.\.\./;

function namesIn(text: string): string[] {
  return [...text.replace(/"[^"]*"/g, '""').matchAll(NAME)]
    .filter(({ 0: name, index }) => {
      const next = text.replace(/"[^"]*"/g, '""').slice(index + name.length);
      return (WORD_OF_CODE.test(name) || next.startsWith("(")) && !/^(?:\*|!)/.test(next) && !name.endsWith("_");
    })
    .map(([name]) => name)
    .filter((name) => !OTHERS.has(name) && !NO_NAME.test(name));
}

/** By their form some names belong to a language wherever they stand. */
function languagesOf(name: string, language: ManualLanguage | undefined, page: string): ManualLanguage[] {
  if (/^(?:bf_|BF_)/.test(name)) return ["C"];
  if (/\babi::|^PerProcessor$/.test(name)) return ["Rust"];
  if (/BF_/.test(name)) return ["C++"];
  if (language !== undefined) return [language];
  if (/::|^is_/.test(name)) return ["C++", "Rust"];
  // Constants have the same name everywhere, with a prefix in C; authors read of those that the SDKs need
  if (/^[A-Z]+_/.test(name)) return AUTHORS.includes(page) ? ["C", "TypeScript"] : ["C"];
  // So have the microkernel's calls
  return name.includes("_") ? ["C"] : ["TypeScript"];
}

/** Everything that the manual mentions. */
export function mentioned(): Record<ManualLanguage, Mentioned> {
  const names = {
    TypeScript: new Set<string>(),
    C: new Set<string>(),
    "C++": new Set<string>(),
    Rust: new Set<string>(),
  };
  const calls = {
    TypeScript: new Set<string>(),
    C: new Set<string>(),
    "C++": new Set<string>(),
    Rust: new Set<string>(),
  };
  for (const [page, pagesLanguage] of PAGES) {
    for (const { text, language } of spans(page, pagesLanguage)) {
      if (NO_NAME.test(text) || OTHERS.has(text)) continue;
      for (const name of namesIn(text)) {
        for (const owner of languagesOf(name, language, page)) names[owner].add(name);
      }
      if (!CALL.test(text) || SHAPE.test(text)) continue;
      for (const owner of languagesOf(text, language, page)) calls[owner].add(text);
    }
  }
  const of = (language: ManualLanguage): Mentioned => ({
    names: [...names[language]].sort(),
    calls: [...calls[language]],
  });
  return { TypeScript: of("TypeScript"), C: of("C"), "C++": of("C++"), Rust: of("Rust") };
}
