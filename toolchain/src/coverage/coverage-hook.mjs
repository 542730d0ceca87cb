// Loaded into a process that runs tests: gives each module its instrumented twin, and notes what is executed
//
// Environment: BF_COVERAGE_TWINS, a JSON file { sha256 of the module: file of the twin }; BF_COVERAGE_HITS, a folder that
// gets one file [{ test, twin, taken: [outcome, …], entered: [function, …] }, …] per process.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

const { BF_COVERAGE_TWINS: index = "", BF_COVERAGE_HITS: folder = "" } = process.env;

/** @type {Record<string, string>} */
const twins = index === "" ? {} : JSON.parse(readFileSync(index, "utf8"));

/** A set of small numbers, for additions that happen a hundred million times. */
class Seen {
  #marks = new Uint8Array(4096);
  size = 0;

  /** @param {number} id */
  add(id) {
    if (this.#marks[id] === 1) return;
    while (id >= this.#marks.length) {
      const larger = new Uint8Array(2 * this.#marks.length);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    this.#marks[id] = 1;
    this.size++;
  }

  list() {
    return [...this.#marks.keys()].filter((id) => this.#marks[id] === 1);
  }
}

/** By test file and twin. @type {Map<string, { test: string, twin: string, taken: Seen, entered: Seen }>} */
const hits = new Map();

/** The twins of modules. @type {WeakMap<WebAssembly.Module, string>} */
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
  counted.set(module, twin);
  return module;
}

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Imports} imports
 */
function withCounter(module, imports = {}) {
  const twin = counted.get(module);
  if (twin === undefined) return imports;
  // Vitest runs one file after the other in a process, and an instance belongs to the file that made it
  const test = /** @type {any} */ (globalThis).__vitest_worker__?.filepath ?? "";
  const key = `${test}\n${twin}`;
  const { taken, entered } = hits.get(key) ?? { taken: new Seen(), entered: new Seen() };
  hits.set(key, { test, twin, taken, entered });
  const hit = (/** @type {number} */ id) => taken.add(id);
  const enter = (/** @type {number} */ id) => entered.add(id);
  return { ...imports, coverage: { hit, enter } };
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
  const total = [...hits.values()].reduce((sum, { taken, entered }) => sum + taken.size + entered.size, 0);
  if (folder === "" || total === written) return;
  written = total;
  const lists = [...hits.values()].map(({ test, twin, taken, entered }) => {
    return { test, twin, taken: taken.list(), entered: entered.list() };
  });
  writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify(lists));
}

// A test runner may end its processes by a signal, so what is known is written from time to time.
setInterval(flush, FLUSH_MILLISECONDS).unref();
process.on("exit", flush);
