// Constants for bare-metal TypeScript (u32, u64) and for Node.js (number, bigint)

import type { Item } from "./schema.ts";
import { banner, hex, structureConstants } from "./spelling.ts";

/** One file of constants. */
export function typescript(items: readonly Item[], flavour: "bare" | "node"): string {
  const sections = items.map((item) => {
    const constants = item.kind === "table" ? item.constants : structureConstants(item);
    const wide = item.kind === "table" && item.width === "u64";
    const lines = constants.map((constant) => {
      const doc = constant.doc === undefined ? "" : `/** ${constant.doc} */\n`;
      if (flavour === "node")
        return `${doc}export const ${constant.name} = ${hex(constant.value)}${wide ? "n" : ""};\n`;
      return `${doc}export const ${constant.name}: ${wide ? "u64" : "u32"} = ${hex(constant.value)};\n`;
    });
    return `\n// ${item.title}\n\n${lines.join("")}`;
  });
  return banner("//") + sections.join("");
}
