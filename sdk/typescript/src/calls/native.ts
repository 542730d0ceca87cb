// Functions of an extension in C, C++ or Rust, which stand where one in TypeScript has functions of its own
//
// The toolchain defines OTHER_LANGUAGE in what such an extension has of this SDK (sdk/c/exports).

/// <reference path="./defines.d.ts" />

/** Calls a handler by its native address, with the VS that exited. Not 0: it has handled the exit. */
export declare function callHandler(handler: u64, vsid: u32): u32;

/** Calls a function without parameters by its native address. */
export declare function callFunction(address: u64): u64;

/** Calls a handler of messages from processor to processor. */
export declare function callReceiver(receiver: u64, from: u32, kind: u32, a: u64, b: u64): void;

/** VS and VP of a processor's root VM: the identifier of the VS is in the upper half. */
export declare function rootOf(ppid: u32): u64;
