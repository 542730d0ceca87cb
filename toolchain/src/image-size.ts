// How large an extension may be

import { statSync } from "node:fs";
import { extensionWindows } from "../../abi/src/windows.ts";
import { BuildError } from "./errors.ts";

/** The loader takes no file that is larger, and the microkernel has no place for it. */
export const MOST_IMAGE_BYTES = Number(extensionWindows.constants.find(({ name }) => name === "EXT_CODE_BYTES")?.value);

/** Refuses an image that nobody would load. */
export function requireLoadable(part: string, image: string): void {
  const { size } = statSync(image);
  if (size <= MOST_IMAGE_BYTES) return;
  throw new BuildError(`The image of ${part} has ${size} bytes, and an extension's has ${MOST_IMAGE_BYTES} at most.`, {
    hint: "Embed less: what is large comes by messages, or through the operating system's memory.",
  });
}
