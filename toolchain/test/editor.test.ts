// The plugin of tsserver, in a package that bf new made, asked by tsserver's own protocol

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { missingName, missingSyntax } from "../src/messages/missing.ts";
import { scaffold } from "../src/new.ts";

/** On a busy host a check may take long. */
const timeout = 120_000;

/** How Visual Studio Code starts the workspace's version: where plugins are, it does not say. */
const AS_VISUAL_STUDIO_CODE = [
  "--useInferredProjectPerProjectRoot",
  "--enableTelemetry",
  "--locale",
  "en",
  "--noGetErrOnBackgroundUpdate",
  "--validateDefaultNpmLocation",
];
let folder: string;
let main: string;
let server: ChildProcess;
let said = "";
let sequence = 0;

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), "bf-editor-")), "mine");
  scaffold(folder, "minimal");
  main = join(folder, "src/main.ts");
  const settings = JSON.parse(readFileSync(join(folder, ".vscode/settings.json"), "utf8"));
  const lib = join(folder, settings["typescript.tsdk"]);
  server = spawn(process.execPath, [join(lib, "tsserver.js"), ...AS_VISUAL_STUDIO_CODE], { cwd: folder });
  server.stdout?.on("data", (data) => {
    said += data;
  });
});

afterAll(() => {
  server.kill();
  rmSync(dirname(folder), { recursive: true, force: true });
});

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly body?: unknown;
}

const messages = () => said.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Message] : []));

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(command: string, args: object, answers = true): Promise<unknown> {
  const seq = ++sequence;
  server.stdin?.write(`${JSON.stringify({ seq, type: "request", command, arguments: args })}\n`);
  if (!answers) return undefined;
  return (await until(() => messages().find((message) => message.request_seq === seq))).body;
}

/** `line:column: message` of each diagnostic that is not tsc's, when the plugin has told the editor to ask again. */
async function shown(text: string): Promise<string[]> {
  const before = messages().filter(({ event }) => event === "projectsUpdatedInBackground").length;
  await ask("open", { file: main, fileContent: text, projectRootPath: folder }, false);
  await ask("semanticDiagnosticsSync", { file: main });
  await until(() =>
    messages().filter(({ event }) => event === "projectsUpdatedInBackground").length > before ? true : undefined,
  );
  const body = (await ask("semanticDiagnosticsSync", { file: main })) as {
    start: { line: number; offset: number };
    text: string;
    source?: string;
  }[];
  return body
    .filter(({ source }) => source === "bareflank")
    .map(({ start, text: message }) => `${start.line}:${start.offset}: ${message}`);
}

const source = (body: string) => `import { log, Next, startRoot } from "@bareflank/sdk";
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
${body}
  return Next.Run;
}
`;

it("shows what the compiler refuses and tsc takes, and takes it back", { timeout }, async () => {
  expect(
    await shown(source("  const wide: u64 = 5;\n  const narrow: u32 = wide;\n  if (narrow == 5) log(`x`);")),
  ).toEqual([
    "5:23: Conversion from type 'u64' to 'u32' requires an explicit cast: <u32>(…) drops the upper bits [AS200]",
  ]);
  expect(await shown(source("  const list: u32[] = [1];\n  for (const x of list) log(x.toString());"))).toEqual([
    `5:3: ${missingSyntax("for-of")} [for-of]`,
  ]);
  expect(await shown(source('  console.log("a");'))).toEqual([`4:3: ${missingName("console")} [name]`]);
  expect(await shown(source('  log("a");'))).toEqual([]);
  expect(await shown(source('  log("a");').replace("export ", ""))).toEqual([
    "2:1: bootstrap is not exported: write export function bootstrap(ppid: u32): Next [callback]",
  ]);
  // What is on disk was never touched
  expect(readFileSync(main, "utf8")).toContain("startRoot(ppid)");
});
