// Changes that nothing can notice, each proved by reading: they do not count, and others take their place
//
// A change that only makes something slower belongs here, too, when what is decided stays the same. What is superfluous does not:
// that is deleted from the source. An entry whose place is not in the source any more is an error.

import { type Change, changesOf } from "./changes.ts";
import type { SourceTree } from "./tree.ts";

export interface Equivalent {
  readonly file: string;
  /** The function, the method, or the variable of the module that the change is in. */
  readonly within: string;
  /** Its line, with what is changed between « and ». */
  readonly line: string;
  readonly becomes: string;
  /** What would have to be different for anybody to notice. */
  readonly why: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: "kernel/arch/x64/call-site.ts",
    within: "callBytes",
    line: "if (((modrm >> 3) & 7) != GROUP_5_CALL) return «0»;",
    becomes: "1",
    why: "The caller compares it with lengths from 2 bytes on.",
  },
  {
    file: "kernel/arch/x64/cpuid-faulting.ts",
    within: "setFaulting",
    line: "vs.faultsCpuid = wanted ? «1» : 0;",
    becomes: "2",
    why: "Everybody asks only whether it is 0.",
  },
  {
    file: "kernel/arch/x64/intel/ports.ts",
    within: "openPorts",
    line: "setBlock32(PP_BLOCK_PORTS_OPEN, «1»);",
    becomes: "2",
    why: "The assembly writes 0, and the only reader asks whether it is 0.",
  },
  {
    file: "kernel/arch/x64/memory-type.ts",
    within: "knownFrom",
    line: "let knownFrom: u64 = «0»;",
    becomes: "1",
    why: "Nothing lies below knownEnd before the first look, which writes both.",
  },
  {
    file: "kernel/arch/x64/page-table.ts",
    within: "shareTables",
    line: "for (let at = virtual & ~(THIRD_BYTES - 1); at «<» virtual + bytes; at += THIRD_BYTES) {",
    becomes: "<=",
    why: "Linear memory ends within the lower half of its window: behind it neither table has an entry.",
  },
  {
    file: "kernel/src/direct-map.ts",
    within: "isMappedBy",
    line: "if (table == 0 || topEntry(table, EXT_DIRECT_BASE + physical) == «0») return false;",
    becomes: "1",
    why: "A short cut: without it no page of the range translates, and the answer is the same.",
  },
  {
    file: "kernel/src/extension.ts",
    within: "RECORD_PRINTED_QUOTAS",
    line: "export const RECORD_PRINTED_QUOTAS: u32 = «0x7c0»;",
    becomes: "1985",
    why: "The one word there is quota.ts's, who reads and writes it by this, and it ends within its record.",
  },
  {
    file: "kernel/src/memory/chunk-table.ts",
    within: "WORDS",
    line: "const WORDS: usize = «8»;",
    becomes: "9",
    why: "Room between a table's fields and its entries, which everybody finds by this.",
  },
  {
    file: "kernel/src/memory/object-checks.ts",
    within: "stop",
    line: "«close()»;",
    becomes: "{}",
    why: "The kernel's panic waits for the lock for a while then, and prints all the same, as when a holder has died.",
  },
  {
    file: "kernel/src/memory/marks.ts",
    within: "high",
    line: "let high: u64 = «0»;",
    becomes: "1",
    why: "Written by setMarks() before memory can be lent, and only chunks that are lent make anybody ask.",
  },
  {
    file: "kernel/src/main.ts",
    within: "enterBoot",
    line: "if (ppLoad64(PP_ARGS «+» BOOT_ARGS_MAGIC) != BOOT_MAGIC || ppLoad64(PP_ARGS + BOOT_ARGS_VERSION) != BOOT_VERSION) {",
    becomes: "-",
    why: "The magic lies at offset 0.",
  },
  {
    file: "kernel/arch/x64/memory-type.ts",
    within: "knownType",
    line: "let knownType: u32 = «0»;",
    becomes: "1",
    why: "The first look writes it, and nobody reads it before.",
  },
  {
    file: "kernel/src/memory/buddy.ts",
    within: "unlink",
    line: "if (previous !== 0) poke64(directAddress(previous) «+» NEXT, next);",
    becomes: "-",
    why: "The next block's address lies at offset 0.",
  },
  {
    file: "kernel/arch/x64/guarded-msrs.ts",
    within: "GUARDED",
    line: "0x0000_17d0, 0x0000_17d1, ALL, ALL, «0», 0, VENDOR_INTEL, // HW_FEEDBACK_PTR, HW_FEEDBACK_CONFIG: a table at a physical address",
    becomes: "1",
    why: "Where all bits must be kept none can be set anew.",
  },
  {
    file: "kernel/src/memory/slab.ts",
    within: "claim",
    line: "if (peek64(slab «+» OWNER) !== this.ownerWord()) return 0;",
    becomes: "-",
    why: "The owner lies at offset 0.",
  },
  {
    file: "loader/src/page-table.ts",
    within: "deriveTable",
    line: "if (root === 0 || lower === 0) return «0»;",
    becomes: "1",
    why: "The arena is used up then: the caller's next step finds no page, either, and fails before it uses this.",
  },
  {
    file: "kernel/arch/x64/shadowed-msrs.ts",
    within: "KEPT",
    line: "0xc001_0044, «0xc001_004f», ALL, ALL, VENDOR_AMD, // MCi_CTL_MASK",
    becomes: "3221291088",
    why: "Another row of the table has the next MSR, with the same bits.",
  },
  {
    file: "kernel/src/objects.ts",
    within: "tryLockObjects",
    line: "for (let i: u32 = «0»; i < LOCK_PATIENCE; i++) {",
    becomes: "1",
    why: "Its patience is one pause shorter, of very many.",
  },
  {
    file: "kernel/src/syscall/debug.ts",
    within: "readByte",
    line: "const byte: i32 = at == 0 ? -«1» : peek8(at);",
    becomes: "2",
    why: "The caller asks whether it is negative.",
  },
  {
    file: "kernel/src/syscall/enter.ts",
    within: "READ_CALL",
    line: "const READ_CALL: u64 = ((<u64>SYSCALL_SIGNATURE) << 48) «|» SYSCALL_VS_READ;",
    becomes: "&",
    why: "The call goes the way of all others, which has the same effects; the benchmark counts its instructions.",
  },
  {
    file: "kernel/src/vs.ts",
    within: "ROOT_2",
    line: "const ROOT_2: u32 = «3»;",
    becomes: "4",
    why: "A name among four, of which only the order of the last two matters.",
  },
];

/** Declarations at the beginning of a line, and methods of a class. */
const DECLARATION =
  /^(?:export )?(?:function|const|let) (\w+)|^ {2}(?:private )?(?:get )?(?!if|for|while|switch|return)(\w+)\([^;]*\{$/gm;

/** Which changes are equivalent to none; whoever is named there and does not exist is an error. */
export class Equivalents {
  readonly #found = new Set<string>();

  constructor(tree: Pick<SourceTree, "read">, entries: readonly Equivalent[] = EQUIVALENTS) {
    const changes = new Map([...new Set(entries.map(({ file }) => file))].map((file) => [file, placesIn(tree, file)]));
    for (const entry of entries) {
      const places = (changes.get(entry.file) ?? []).filter(
        ({ change, line, within }) => line === entry.line && within === entry.within && change.after === entry.becomes,
      );
      const [place, ...others] = places;
      if (place === undefined || others.length > 0) {
        const { file, within, line, becomes } = entry;
        throw new Error(
          `${file}, ${within}: "${line}" → ${becomes} names ${places.length} changes instead of one. ` +
            "Mend the table in equivalents.ts.",
        );
      }
      this.#found.add(nameOf(place.change));
    }
  }

  has(change: Change): boolean {
    return this.#found.has(nameOf(change));
  }
}

const nameOf = ({ file, start, end, after }: Change) => `${file} ${start} ${end} ${after}`;

/** Every change of a file, as an entry would say it. */
export function placesIn(tree: Pick<SourceTree, "read">, file: string) {
  const text = tree.read(file);
  const declarations = [...text.matchAll(DECLARATION)];
  return changesOf(file, text).map((change) => {
    const lineStart = text.lastIndexOf("\n", change.start - 1) + 1;
    const lineEnd = text.indexOf("\n", change.end);
    const line = `${text.slice(lineStart, change.start)}«${change.before}»${text.slice(change.end, lineEnd)}`;
    const last = declarations.findLast(({ index }) => index <= change.start);
    return { change, line: line.trim().replace(/\s+/g, " "), within: last?.[1] ?? last?.[2] ?? "" };
  });
}
