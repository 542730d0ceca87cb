// Loaded into a process that runs tests: gives each module its instrumented twin, and notes which branches are taken
//
// Environment: BF_COVERAGE_TWINS, a JSON file { sha256 of the module: file of the twin }; BF_COVERAGE_HITS, a folder that
// gets one file { twin: [outcome, …] } per process.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

const { BF_COVERAGE_TWINS: index = "", BF_COVERAGE_HITS: folder = "" } = process.env;

/** @type {Record<string, string>} */
const twins = index === "" ? {} : JSON.parse(readFileSync(index, "utf8"));

/** @type {Map<string, Set<number>>} */
const hits = new Map();

/** @type {WeakMap<WebAssembly.Module, Set<number>>} */
const counted = new WeakMap();

const FLUSH_MILLISECONDS = 250;
const { Module, Instance } = WebAssembly;

/** @param {BufferSource} bytes */
function compile(bytes) {
  const data = ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
  const twin = twins[createHash("sha256").update(data).digest("hex")];
  if (twin === undefined) return new Module(bytes);
  const module = new Module(readFileSync(twin));
  const taken = hits.get(twin) ?? new Set();
  hits.set(twin, taken);
  counted.set(module, taken);
  return module;
}

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Imports} imports
 */
function withCounter(module, imports = {}) {
  const taken = counted.get(module);
  return taken === undefined ? imports : { ...imports, coverage: { hit: (/** @type {number} */ id) => taken.add(id) } };
}

WebAssembly.Module = new Proxy(Module, { construct: (_, [bytes]) => compile(bytes) });
WebAssembly.Instance = new Proxy(Instance, {
  construct: (_, [module, imports]) => new Instance(module, withCounter(module, imports)),
});
WebAssembly.compile = (bytes) => Promise.resolve().then(() => compile(bytes));
WebAssembly.instantiate = /** @type {typeof WebAssembly.instantiate} */ (
  (/** @type {any} */ source, /** @type {WebAssembly.Imports} */ imports) =>
    Promise.resolve().then(() => {
      if (source instanceof Module) return new Instance(source, withCounter(source, imports));
      const module = compile(source);
      return { module, instance: new Instance(module, withCounter(module, imports)) };
    })
);

let written = -1;

function flush() {
  const total = [...hits.values()].reduce((sum, taken) => sum + taken.size, 0);
  if (folder === "" || total === written) return;
  written = total;
  const lists = Object.fromEntries([...hits].map(([twin, taken]) => [twin, [...taken]]));
  writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify(lists));
}

// A test runner may end its processes by a signal, so what is known is written from time to time.
setInterval(flush, FLUSH_MILLISECONDS).unref();
process.on("exit", flush);
