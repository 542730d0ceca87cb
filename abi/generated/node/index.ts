// Generated from abi/src by `bf build abi`. Do not edit.
export * from "./syscalls.ts";
export * from "./status.ts";
export * from "./tls.ts";
export * from "./registers-amd.ts";
export * from "./registers-intel.ts";
export * from "./callbacks.ts";
export * from "./objects.ts";
export * from "./portable.ts";
export * from "./windows.ts";
export * from "./boot.ts";
export * from "./control.ts";
export * from "./driver.ts";
export * from "./pp-block.ts";
export * from "./entry-rules.ts";
export * from "./cpuid-bits.ts";
export * from "./exchange.ts";
export * from "./efi.ts";
