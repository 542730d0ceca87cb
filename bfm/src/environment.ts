// What a command finds around it; tests put their own in its place

import type { OpenDevice } from "./device.ts";
import type { Firmware } from "./efi/firmware.ts";

export interface Environment {
  readonly openDevice: OpenDevice;
  /** The wasm module of bsl/src/elf-check.ts. */
  readonly elfCheck: Uint8Array<ArrayBuffer>;
  /** Data: what was asked for. Throws an OutputFailure when it cannot be written. */
  readonly writeOut: (text: string) => void;
  /** Everything else; never throws. */
  readonly writeError: (text: string) => void;
  /**
   * Calls the handler when the user, or the system, wants bfm to end, until the returned function is called. A command
   * that gives up then ends with exitCodes.interrupted, and bfm with the signal that came.
   */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Names of the IOMMUs that the operating system uses. */
  readonly iommus: () => readonly string[];
  /** What of the machine a start from UEFI has to do with. */
  readonly firmware: Firmware;
  /** Whether stack traces are wanted (BFM_DEBUG). */
  readonly debug: boolean;
}
