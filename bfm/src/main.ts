// bfm: manages the hypervisor from user space

import elfCheck from "bareflank:elf-check";
import { writeSync } from "node:fs";
import { run } from "./cli.ts";
import { exitCodes } from "./exit-codes.ts";
import { openLinuxDevice } from "./linux-device.ts";

const STDOUT = 1;
const STDERR = 2;

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let deadly: NodeJS.Signals = "SIGINT";

run(process.argv.slice(2), {
  openDevice: openLinuxDevice,
  elfCheck,
  writeOut: (text) => write(STDOUT, text),
  writeError: (text) => write(STDERR, text),
  onInterrupt(handler) {
    const listener = (signal: NodeJS.Signals) => {
      deadly = signal;
      handler();
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of ENDING_SIGNALS) process.off(signal, listener);
    };
  },
  debug: Boolean(process.env.BFM_DEBUG),
}).then((exitCode) => {
  process.exitCode = exitCode;
  // A thread may still wait in the driver, for ever: the signal that came ends all of them.
  if (exitCode === exitCodes.interrupted) process.kill(process.pid, deadly);
});

/** Node.js's streams cost more instructions than the rest of a command, so text goes straight to the descriptor. */
function write(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever read has gone (bfm dump | head), or reads more slowly than bfm writes.
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
    }
  }
}
