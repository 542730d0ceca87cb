// What ld.lld says, by the sources that its objects were made from
//
//   ld.lld: error: undefined symbol: main_poke
//   >>> referenced by hello.c
//   >>>               …/object.o:(bootstrap)

import type { Diagnostic } from "../errors.ts";

/** What is known of what is linked. */
export interface Linked {
  /** Sources by the paths of their objects. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Where a symbol is declared, and in what words it is missed. */
  readonly declared?: (symbol: string) => Diagnostic | undefined;
}

/** An object, its function, and the archive that it is in. */
const PLACE = />>>.*?(\S+\.(?:o|a))(?:\(\S*\))?(?::\((?:\.text\.?)?(.*?)\))?(?: in archive (\S+))?$/gm;

/** One diagnostic for each error; what is no error of the linker's own is left out. */
export function linkerDiagnostics(output: string, { sources = new Map(), declared }: Linked): Diagnostic[] {
  return output.split(/^(?=\S*ld\.lld: )/m).flatMap((block) => {
    const [, head] = /^\S*ld\.lld: error: (.*)/.exec(block) ?? [];
    if (head === undefined) return [];
    const [, symbol] = /^undefined (?:hidden |protected )?symbol: (.*)$/.exec(head) ?? [];
    const known = symbol === undefined ? undefined : declared?.(symbol);
    if (known !== undefined) return [known];
    const files = [...block.matchAll(PLACE)].map(([, path = "", where = "", archive = path]) => ({
      file: sources.get(archive),
      where: where.replace(/\+0x[0-9a-f]+$/, ""),
    }));
    const [first] = files;
    const message =
      symbol === undefined ? inSources(head, block, sources) : undefinedSymbol(symbol, first?.where, block);
    return [{ severity: "error", code: "link", message, ...(first?.file === undefined ? {} : { file: first.file }) }];
  });
}

function undefinedSymbol(symbol: string, where: string | undefined, block: string): string {
  const [, meant] = />>> did you mean: (.*)/.exec(block) ?? [];
  const user = where === undefined || where === "" || where === "entry" ? "" : ` by ${where}`;
  return `${symbol} is used${user} and defined nowhere${meant === undefined ? "" : `; is ${meant} meant?`}`;
}

/** The whole message, with sources in the place of objects. */
function inSources(head: string, block: string, sources: ReadonlyMap<string, string>): string {
  const more = [...block.matchAll(/^>>>\s+(.*)$/gm)].map(([, line = ""]) =>
    line.replace(/\S+\.(?:o|a)\b/g, (path) => sources.get(path) ?? path),
  );
  return [head, ...more].join("; ");
}
