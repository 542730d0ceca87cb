// When an extension asks for what this processor's vendor does not have

import { assertionFailed } from "../calls/syscall";
import { Level, line } from "../text/log";
import { isIntel } from "./vendor";

/** Says what was asked for, and fails the callback, unless this is a processor of that vendor. */
export function requireVendor(intel: bool, what: string): void {
  if (isIntel() == intel) return;
  line(Level.Error)
    .text(what)
    .text(intel ? " is for Intel's processors, this is AMD's" : " is for AMD's processors, this is Intel's")
    .end();
  assertionFailed();
}
