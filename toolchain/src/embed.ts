// embed("payload.bin"): the file's bytes become part of an extension's image
//
// The name is replaced by a number, which embed() of the SDK takes for it; the bytes are the linker's (embeddedAssembly).

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Diagnostic, locate } from "./errors.ts";
import { MOST_IMAGE_BYTES } from "./image-size.ts";

/** A file that a source embeds. */
export interface Embedded {
  /** Absolute. */
  readonly path: string;
  /** As the source names it. */
  readonly name: string;
  /** The source that names it first, and where. */
  readonly by: string;
  readonly line: number;
  readonly column: number;
}

/** A call of the SDK's embed, with a name in quotes or without. */
const IMPORT = /\bimport\s*\{[^}]*\bembed\b[^}]*\}\s*from\s*["']@bareflank\/sdk["']/;
const CALL = /\/\/.*|\/\*[\s\S]*?\*\/|(?<![\w$.])embed\((?:(\s*)(["'])([^"'\n]*)\2(\s*)\))?/g;

/** The source with numbers for names. New files go to the end of `files`, mistakes to `mistakes`. */
export function replaceEmbedded(
  source: string,
  { path, shown }: { readonly path: string; readonly shown: string },
  files: Embedded[],
  mistakes: Diagnostic[],
): string {
  if (!IMPORT.test(source)) return source;
  return source.replace(
    CALL,
    (whole: string, before: string | undefined, _, name: string, after: string, offset: number) => {
      if (!whole.startsWith("embed")) return whole;
      const place = locate(source, offset + "embed(".length);
      const say = (message: string) =>
        mistakes.push({ severity: "error", code: "embed", message, file: shown, ...place });
      if (before === undefined) {
        say('embed() takes the name of a file, in quotes: embed("payload.bin")');
        return whole;
      }
      const target = resolve(dirname(path), name);
      const why = refusal(target);
      if (why !== undefined) say(`${name} ${why} (${target})`);
      const known = files.findIndex((file) => file.path === target);
      const index = known >= 0 ? known : files.push({ path: target, name, by: shown, ...place }) - 1;
      return `embed(${before}changetype<string>(${index})${after})`;
    },
  );
}

/** Why a file cannot be embedded. */
export function refusal(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return "is not there";
  if (!status.isFile()) return "is no file";
  if (status.size >= MOST_IMAGE_BYTES) {
    return `has ${status.size} bytes, and an extension's image has ${MOST_IMAGE_BYTES} at most`;
  }
  return undefined;
}

const ALIGNMENT = 16;

/** A table of addresses and sizes, and the files: `sdk_embedded` of sdk/typescript/src/memory/embed.h. */
export function embeddedAssembly(files: readonly Embedded[]): string {
  const rows = files.map((_, index) => `    .quad .Lbegin${index}, .Lend${index} - .Lbegin${index}`);
  const bytes = files.map(
    ({ path }, index) =>
      `    .balign ${ALIGNMENT}\n.Lbegin${index}:\n    .incbin ${JSON.stringify(path)}\n.Lend${index}:`,
  );
  return [
    '    .section .rodata.embedded, "a", @progbits',
    "    .balign 8",
    "    .hidden sdk_embedded, sdk_embedded_count",
    "    .globl sdk_embedded, sdk_embedded_count",
    "sdk_embedded_count:",
    `    .quad ${files.length}`,
    "sdk_embedded:",
    ...rows,
    ...bytes,
    '    .section .note.GNU-stack, "", @progbits',
    "",
  ].join("\n");
}
