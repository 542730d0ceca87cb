// The second suite: version 2 of the interface, by a client and a service that are the same file, loaded twice

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile } from "../bare/compile.ts";
import { run } from "../bare/run.ts";
import { parseCase, type SuiteOptions, type SuiteResult, whyBroken } from "./suite.ts";

const folder = join(import.meta.dirname, "version2");
const built = resolve(import.meta.dirname, "../../../build/test/bare");
/** CPUIDs in the root VM: the cases of vmexit are in the second exit. */
const CPUIDS = 4;

/** The load manifest: the service may do little. */
function buildManifest(): string {
  const sources = ["case.c", "client.c", "life.c", "objects.c", "service.c", "spoil.c"].map((name) =>
    join(folder, name),
  );
  const shared = join(import.meta.dirname, "extension");
  const file = compile({
    sources: [...sources, join(shared, "entry.S"), join(shared, "vendor.c")],
    script: join(shared, "layout.ld"),
    defines: ["VERSION_2"],
  });
  mkdirSync(built, { recursive: true });
  const path = join(built, "version2.json");
  const calls = ["debug", "message", "vs", "mem_free_page", "mem_free_huge"];
  const service = { file, name: "service", calls, ports: [{ from: 0x80 }] };
  writeFileSync(path, JSON.stringify({ extensions: [{ file, name: "client" }, service] }));
  return path;
}

/** Runs the suite. */
export async function runVersion2(options: Omit<SuiteOptions, "tlsImage" | "debug">): Promise<SuiteResult> {
  const result = await run([], { ...options, manifest: buildManifest(), cpuids: CPUIDS });
  const lines = result.output.split(/\r?\n/);
  const ring = lines.indexOf("bare: debug ring");
  const live = ring < 0 ? lines : lines.slice(0, ring);
  return { cases: live.flatMap(parseCase), broken: whyBroken(result, live, options.smp), run: result };
}
