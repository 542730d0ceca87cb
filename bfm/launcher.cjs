#!/usr/bin/env node
// Runs bfm.cjs from V8's code cache, which saves the time to compile it. The build writes the cache.

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

const filename = join(__dirname, "bfm.cjs");
const cache = join(__dirname, "bfm.cache");

/** Without a cache, or with that of another Node.js, V8 compiles as usual. */
function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

// The build keeps the bundle to ASCII: bytes are characters, and nothing has to be decoded.
const source = `(function (require, module, __filename, __dirname) {${readFileSync(filename, "latin1")}\n})`;
const script = new Script(source, { filename, cachedData: readCache() });
script.runInThisContext()(require, module, filename, __dirname);
