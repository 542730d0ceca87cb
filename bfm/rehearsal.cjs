// Goes through bfm's usual commands before its code cache is written, with a driver that does whatever it is told

const fs = require("node:fs");

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

/** @param {() => void} begin Runs the command of `process.argv`. */
module.exports = (begin) => {
  const commands = ["start", "stop"];
  process.on("beforeExit", () => {
    const command = commands.shift();
    if (command === undefined) return;
    process.argv.splice(2, Number.POSITIVE_INFINITY, command);
    begin();
  });
};
