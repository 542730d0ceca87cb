// bfm: manages the hypervisor from user space

import elfCheck from "bareflank:elf-check";
import { run } from "./cli.ts";
import { linuxIommus } from "./dma.ts";
import { linuxFirmware } from "./efi/firmware.ts";
import { exitCodes } from "./exit-codes.ts";
import { openLinuxDevice } from "./linux-device.ts";
import { writeError, writeOut } from "./output.ts";

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let deadly: NodeJS.Signals = "SIGINT";

run(process.argv.slice(2), {
  openDevice: openLinuxDevice,
  elfCheck,
  writeOut,
  writeError,
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
  iommus: linuxIommus,
  firmware: linuxFirmware,
  debug: Boolean(process.env.BFM_DEBUG),
}).then((exitCode) => {
  process.exitCode = exitCode;
  // A thread may still wait in the driver, for ever: the signal that came ends all of them.
  if (exitCode === exitCodes.interrupted) process.kill(process.pid, deadly);
});
