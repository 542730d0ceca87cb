// Writes the constants of every interface for bare-metal TypeScript, Node.js, C and assembly, and Rust, and for reading

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cCalls, cHeader } from "./c.ts";
import { callNames } from "./call-names.ts";
import { calls } from "./calls.ts";
import { description } from "./description.ts";
import { enumerationsFile } from "./enumerations.ts";
import { exitAnswers } from "./exit-answers.ts";
import { markdown } from "./markdown.ts";
import { registerValues } from "./register-values.ts";
import { ruleText } from "./rule-text.ts";
import { rust } from "./rust.ts";
import type { Item, Table } from "./schema.ts";
import { cSdk } from "./sdk-c.ts";
import { cppMethods, cppSdk } from "./sdk-cpp.ts";
import { rustSdk } from "./sdk-rust.ts";
import { banner } from "./spelling.ts";
import { typescript } from "./typescript.ts";

/** Generated files by path below `abi/generated`. */
export function generate(items: readonly Item[] = description): Map<string, string> {
  const files = new Map<string, string>();
  const names = [...new Set(items.map((item) => item.file))];
  for (const name of names) {
    const own = items.filter((item) => item.file === name);
    files.set(`bare/${name}.ts`, typescript(own, "bare"));
    files.set(`node/${name}.ts`, typescript(own, "node"));
  }
  files.set("bare/enumerations.ts", enumerationsFile());
  const rules = items.filter((item) => item.kind === "table" && item.file === "entry-rules");
  files.set("bare/entry-rules-text.ts", ruleText(rules as Table[]));
  files.set("bare/call-names.ts", callNames());
  files.set("bare/exit-answers.ts", exitAnswers());
  files.set("bare/register-values.ts", registerValues());
  files.set("node/index.ts", banner("//") + names.map((name) => `export * from "./${name}.ts";\n`).join(""));
  files.set("c/bareflank.h", cHeader(items));
  files.set("c/bareflank-calls.h", cCalls(calls));
  files.set("c/bareflank-sdk.h", cSdk());
  files.set("c/bareflank-vs.hpp", cppMethods());
  files.set("c/bareflank-sdk.hpp", cppSdk());
  files.set("rust/bareflank.rs", rust(items, calls));
  files.set("rust/sdk.rs", rustSdk());
  files.set("docs/interfaces.md", markdown(items, calls));
  return files;
}

/** Writes all generated files below `folder`, replacing what is there. */
export function writeGenerated(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of generate()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeGenerated(join(dirname(fileURLToPath(import.meta.url)), "..", "generated"));
}
