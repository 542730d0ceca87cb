// XCR0, where the processor has it (APM volume 2, 11.5)

import { BOOT_ARGS_FEATURES, CPU_FEATURE_XSAVE } from "../../../abi/generated/bare/boot";
import { PP_ARGS } from "../../../abi/generated/bare/windows";
import { readXcr0, tryWriteXcr0 } from "./cpu";
import { ppLoad32 } from "./pparea";

/** x87 state: always on. */
export const XCR0_X87: u64 = 1;

/** Whether the processor has XSAVE, and host mode uses it. */
export function hasXcr0(): bool {
  return (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_XSAVE) != 0;
}

/** This processor's XCR0; what it would be without XSAVE where there is none. */
export function currentXcr0(): u64 {
  return hasXcr0() ? readXcr0() : XCR0_X87;
}

/** Writes XCR0, bit 0 forced; false when the processor refuses the value. */
export function setXcr0(value: u64): bool {
  if (hasXcr0()) return tryWriteXcr0(value | XCR0_X87) != 0;
  return (value | XCR0_X87) == XCR0_X87;
}
