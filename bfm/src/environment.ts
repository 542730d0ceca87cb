// What a command finds around it; tests put their own in its place

import type { OpenDevice } from "./device.ts";

export interface Environment {
  readonly openDevice: OpenDevice;
  /** The wasm module of bsl/src/elf-check.ts. */
  readonly elfCheck: Uint8Array<ArrayBuffer>;
  /** Data: what was asked for. */
  readonly writeOut: (text: string) => void;
  /** Everything else. */
  readonly writeError: (text: string) => void;
  /** Calls the handler for every Ctrl-C until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Whether stack traces are wanted (BFM_DEBUG). */
  readonly debug: boolean;
}
