// A port whose write ends the guest with a value: QEMU's isa-debug-exit, without what that does to the value

import type { Ending } from "../ending.ts";
import type { PortDevice } from "./ports.ts";

export const EXIT_PORT = 0xf4;

export class ExitPort implements PortDevice {
  readonly ports: PortDevice["ports"];
  readonly isWide = true;

  constructor(port = EXIT_PORT) {
    this.ports = [[port, port]];
  }

  read(): number {
    return 0;
  }

  write(_port: number, value: number): Ending {
    return { kind: "exitPort", value };
  }
}
