// Writes bfm's code cache: `node --require ./rehearsal.cjs bfm load`, where there is no cache yet
//
// V8 keeps the functions that have run. So behind that command others follow, with a driver that does whatever it is told.

const fs = require("node:fs");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

const COMMANDS = ["start", "stop"];
const DEVICE_PATH = "/dev/bareflank";
/** bfm closes it in the end. */
const FILE = "/dev/null";

const { openSync } = fs;
fs.openSync = (path, ...rest) => openSync(path === DEVICE_PATH ? FILE : path, ...rest);

/** koffi's functions, as far as linux-device.ts uses them; each request ends well, and changes nothing. */
const ioctl = Object.assign(() => 0, { async: (...words) => setImmediate(words.at(-1), null, 0) });
process.dlopen = (module) => {
  module.exports = { load: () => ({ func: () => ioctl }), errno: () => 0, address: () => 0n };
};
process.stdout.write = () => true;

/** The launcher's script: what it runs can be run again, and leaves its cache. */
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    process.on("exit", () => fs.writeFileSync(join(dirname(options.filename), "bfm.cache"), this.createCachedData()));
  }

  runInThisContext() {
    const program = super.runInThisContext();
    return (...surroundings) => {
      process.on("beforeExit", () => {
        const command = COMMANDS.shift();
        if (command === undefined) return;
        process.argv.splice(2, Number.POSITIVE_INFINITY, command);
        program(...surroundings);
      });
      program(...surroundings);
    };
  }
};
