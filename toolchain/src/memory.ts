// Layout of a module's linear memory

/** Lowest address of data, in bytes: a null reference must not reach any. Also in runtime/module.h. */
export const MEMORY_START = 65536;

/** WebAssembly's page, in KiB. */
export const WASM_PAGE_KIB = 64;
