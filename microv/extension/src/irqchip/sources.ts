// Who asserts an interrupt line: it is asserted while one of them does

import { MV_SOURCE_RESAMPLED } from "../../../../abi/generated/bare/hypercalls";

/** MV_SOURCE_* as indices. */
export const RESAMPLED: u32 = MV_SOURCE_RESAMPLED >> 8;
export const SOURCES: u32 = RESAMPLED + 1;
