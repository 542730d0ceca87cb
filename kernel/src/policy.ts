// Policies: which calls, MSRs and ports an extension may use, and what the others call it
//
// They come from the load manifest. Without one, everything is allowed and nobody has a name.

import { grantPorts, makePorts } from "#arch/descriptors";
import { ppLoad64 } from "#arch/pparea";
import {
  BOOT_ARGS_POLICY_BYTES,
  EXTENSION_POLICY_BYTES,
  EXTENSION_POLICY_DENIED,
  EXTENSION_POLICY_FLAGS,
  EXTENSION_POLICY_MSR_COUNT,
  EXTENSION_POLICY_MSR_FIRST,
  EXTENSION_POLICY_MSR_LAST,
  EXTENSION_POLICY_MSR_RIGHTS,
  EXTENSION_POLICY_NAME,
  EXTENSION_POLICY_PORT_COUNT,
  EXTENSION_POLICY_PORT_FIRST,
  EXTENSION_POLICY_PORT_LAST,
  POLICY_MSRS,
  POLICY_PORTS,
  POLICY_VERSION_2,
} from "../../abi/generated/bare/boot";
import { EXTENSION_NAME_BYTES } from "../../abi/generated/bare/syscalls";
import { EXT_POLICY_BASE, PP_ARGS } from "../../abi/generated/bare/windows";
import { peek64 } from "../../bsl/src/memory";
import { character, close, decimal, hex, open, text } from "./console";
import { currentExtension, Extension, RECORD_POLICY, RECORD_PRINTED } from "./extension";

const GROUPS: u32 = 16;
/** Places for ranges of MSRs, and of ports. */
const RANGES: u32 = 32;

/** Linear address of an extension's policy. */
function policyOf(extension: Extension): usize {
  return <usize>(extension.address() + RECORD_POLICY);
}

/** Copies what the manifest says about an extension, if there is one: the operating system owns the original. */
export function readPolicy(extension: Extension): void {
  const offset = <u64>extension.id * EXTENSION_POLICY_BYTES;
  if (offset + EXTENSION_POLICY_BYTES > ppLoad64(PP_ARGS + BOOT_ARGS_POLICY_BYTES)) return;
  const policy = policyOf(extension);
  for (let at: u32 = 0; at < EXTENSION_POLICY_BYTES; at += 8) {
    store<u64>(policy + <usize>at, peek64(EXT_POLICY_BASE + offset + at));
  }
}

/** Makes what the processor looks at when an extension uses a port, if the manifest says; false when memory runs out. */
export function makePortPolicy(extension: Extension): bool {
  const policy = policyOf(extension);
  if ((load<u32>(policy + EXTENSION_POLICY_FLAGS) & POLICY_PORTS) == 0) return true;
  extension.ports = makePorts();
  if (extension.ports == 0) return false;
  const count = load<u32>(policy + EXTENSION_POLICY_PORT_COUNT);
  for (let i: usize = 0; i < <usize>count && i < RANGES; i++) {
    const first = load<u32>(policy + EXTENSION_POLICY_PORT_FIRST + i * 4);
    grantPorts(extension.ports, first, load<u32>(policy + EXTENSION_POLICY_PORT_LAST + i * 4));
  }
  return true;
}

/** Whether an extension has the name that four words hold, its first character lowest. No name is nobody's. */
export function isNamed(extension: Extension, word0: u64, word1: u64, word2: u64, word3: u64): bool {
  const name = policyOf(extension) + EXTENSION_POLICY_NAME;
  if (word0 == 0 || load<u64>(name) != word0) return false;
  return load<u64>(name + 8) == word1 && load<u64>(name + 16) == word2 && load<u64>(name + 24) == word3;
}

/** Prints which extension it is: its number, and its name if it has one. */
export function printExtension(extension: Extension): void {
  text("extension ");
  decimal(extension.id);
  const name = policyOf(extension) + EXTENSION_POLICY_NAME;
  if (load<u8>(name) == 0) return;
  text(" (");
  for (let i: u32 = 0; i < EXTENSION_NAME_BYTES && load<u8>(name + i) != 0; i++) character(load<u8>(name + i));
  text(")");
}

/** The calls of a group that an extension may not make, a bit each. */
export function deniedCalls(extension: Extension, group: u32): u32 {
  return load<u32>(policyOf(extension) + EXTENSION_POLICY_DENIED + <usize>(group * 4));
}

/** Whether the running extension may make a call. One that does not exist is nobody's to deny. */
export function mayCall(call: u32): bool {
  const group = call >> 16;
  return group >= GROUPS || (call & 0xffff) >= 32 || ((deniedCalls(currentExtension(), group) >> (call & 31)) & 1) == 0;
}

/** Whether an extension is kept to version 2 of the interface. */
export function isPinned(extension: Extension): bool {
  return (load<u32>(policyOf(extension) + EXTENSION_POLICY_FLAGS) & POLICY_VERSION_2) != 0;
}

/** Whether the running extension may use an MSR so: MSR_RIGHT_*. */
export function mayAccess(msr: u32, right: u32): bool {
  const policy = policyOf(currentExtension());
  if ((load<u32>(policy + EXTENSION_POLICY_FLAGS) & POLICY_MSRS) == 0) return true;
  const count = load<u32>(policy + EXTENSION_POLICY_MSR_COUNT);
  for (let i: usize = 0; i < <usize>count && i < RANGES; i++) {
    if (msr < load<u32>(policy + EXTENSION_POLICY_MSR_FIRST + i * 4)) continue;
    if (msr > load<u32>(policy + EXTENSION_POLICY_MSR_LAST + i * 4)) continue;
    if ((load<u32>(policy + EXTENSION_POLICY_MSR_RIGHTS + i * 4) & right) != 0) return true;
  }
  return false;
}

/** Counts a refusal, and prints the first of each call: one that is tried again and again must not fill the ring. */
export function noteDenial(call: u32, detail: u64): void {
  const extension = currentExtension();
  // Several processors may be denied something at once
  open();
  extension.denials++;
  // Bit n of word g: a refusal of call n of group g has been printed
  const word = <usize>(extension.address() + RECORD_PRINTED + ((call >> 16) & 15) * 4);
  const bit = (<u32>1) << (call & 31);
  if ((load<u32>(word) & bit) == 0) {
    store<u32>(word, load<u32>(word) | bit);
    text("bareflank: ");
    printExtension(extension);
    text(": its policy denies call ");
    hex(call);
    text(" (");
    hex(detail);
    text(")\n");
  }
  close();
}
