// Extensions in assembly for tests, each made of fixtures/extension.S and what the test wants it to do wrong

import { join, resolve } from "node:path";
import { compile } from "./compile.ts";

const source = join(import.meta.dirname, "fixtures", "extension.S");
const script = resolve(import.meta.dirname, "../../../toolchain/runtime/extension.ld");

/** Places in fixtures/extension.S where instructions can be added; several are separated by newlines or semicolons. */
export interface Changes {
  /** First thing in `_start`. */
  readonly start?: string;
  /** In `_start`, with all callbacks registered. */
  readonly registered?: string;
  readonly bootstrap?: string;
  /** In bootstrap, with the root VS made: R12 is its VP, R13 the VS. */
  readonly initialised?: string;
  /** RSI is the exit reason; `[rip + exits]` counts exits, this one included. */
  readonly vmexit?: string;
  readonly fail?: string;
  /** It speaks version 2. */
  readonly version2?: boolean;
  /** Callbacks that are not registered. */
  readonly without?: readonly ("bootstrap" | "vmexit" | "fail")[];
}

/** Assembles and links an extension for one vendor's processors, unless it is there already, and returns its path. */
export function assemble(changes: Changes = {}, vendor: "amd" | "intel" = "amd"): string {
  const { without = [], version2 = false, ...code } = changes;
  const defines = [
    ...(version2 ? ["VERSION_2"] : []),
    ...(vendor === "intel" ? ["INTEL"] : []),
    ...Object.entries(code).map(([place, text]) => `${place.toUpperCase()}=${text.trim().replace(/\s*\n\s*/g, "; ")}`),
    ...without.map((callback) => `WITHOUT_${callback.toUpperCase()}`),
  ];
  return compile({ sources: [source], script, defines });
}
