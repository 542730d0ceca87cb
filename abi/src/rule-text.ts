// The rules' texts as bytes, for programs to which a character is one byte and an array of strings a luxury

import type { Table } from "./schema.ts";
import { banner } from "./spelling.ts";

/** One file with the texts of each table, in the order of its numbers, each ended by a zero. */
export function ruleText(tables: readonly Table[]): string {
  const sections = tables.map(({ title, constants }) => {
    const prefix = `${constants[0]?.name.split("_")[0]}_RULE`;
    const lines = constants.map(({ doc }) => `  ${[...Buffer.from(`${doc}\0`, "ascii")].join(", ")},\n`);
    return `\n/** ${title}: texts from number 1 on. */\nexport const ${prefix}_TEXTS: usize = memory.data<u8>([\n${lines.join("")}]);\n`;
  });
  return banner("//") + sections.join("");
}
