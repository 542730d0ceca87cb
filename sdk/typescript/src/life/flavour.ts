// Which runtime the extension was built with: "runtime" in its package.json

/** asc's number for the runtime that the toolchain calls "managed". */
const MINIMAL: i32 = 1;

/** Whether there are closures, errors that can be caught, and a garbage collector. */
export const isManaged: bool = ASC_RUNTIME == MINIMAL;
