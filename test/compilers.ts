// Compilers that stay warm from one test file to the next: a cold one takes as long as four small extensions

import { Compilers } from "../toolchain/src/compilers.ts";

/** For a Builder's `compilers`; nobody closes them, they end with the process. */
export const COMPILERS = new Compilers(1);
