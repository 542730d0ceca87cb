// One processor in host mode: control registers, system call MSRs, descriptor tables, virtualization

import {
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
} from "../../../abi/generated/bare/boot";
import { PP_BLOCK_CALL_ENTRY } from "../../../abi/generated/bare/pp-block";
import { block64, setBlock64 } from "../../src/pp";
import { writeCr0, writeCr4, wrmsr } from "./cpu";
import { initDescriptors, makeDescriptors, useDescriptors } from "./descriptors";
import { keepBootFpu } from "./fpu";
import { initFpuAreas } from "./fpu-area";
import { HOST_CR0, HOST_SFMASK, HOST_STAR } from "./host-registers";
import { beginIsolation } from "./isolation";
import { initMemoryTypes } from "./memory-type";
import { initNestedFormat } from "./nested-format";
import { prepareNmis } from "./nmi";
import { beginMitigations } from "./speculation";
import * as vendor from "./vendor";

/** PAE, MCE, OSFXSR, OSXMMEXCPT: the last two for extensions that use SSE, as other compilers make them (fpu.ts). */
const CR4_BASE: u64 = 0x0660;
const CR4_UMIP: u64 = 1 << 11;
const CR4_OSXSAVE: u64 = 1 << 18;
const CR4_SMEP: u64 = 1 << 20;
const CR4_SMAP: u64 = 1 << 21;

const MSR_SYSENTER_CS: u32 = 0x174;
const MSR_SYSENTER_ESP: u32 = 0x175;
const MSR_SYSENTER_EIP: u32 = 0x176;
const MSR_STAR: u32 = 0xc000_0081;
const MSR_LSTAR: u32 = 0xc000_0082;
const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_FS_BASE: u32 = 0xc000_0100;
const MSR_GS_BASE: u32 = 0xc000_0101;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

/** Makes what all processors share, once the vendor is chosen; false when memory runs out. */
export function initProcessors(): bool {
  initNestedFormat(vendor.isIntel());
  initMemoryTypes(vendor.isIntel());
  return vendor.initConfinement() && initFpuAreas() && initDescriptors();
}

/** Takes the memory that this processor needs in host mode; nothing of the processor changes. False when it runs out. */
export function makeProcessor(root: u64): bool {
  return keepBootFpu() && vendor.prepare() && makeDescriptors(root) && prepareNmis(root);
}

/** Puts the processor into the state in which extensions run, FS at the extension's TCB. False when it refuses. */
export function enterHostMode(features: u32, threadPointer: u64): bool {
  writeCr0(HOST_CR0);
  writeCr4(hostCr4(features));
  beginIsolation();
  useDescriptors();
  beginMitigations();
  setBlock64(PP_BLOCK_CALL_ENTRY, vendor.callEntry());
  wrmsr(MSR_STAR, HOST_STAR);
  wrmsr(MSR_LSTAR, block64(PP_BLOCK_CALL_ENTRY));
  wrmsr(MSR_CSTAR, 0);
  wrmsr(MSR_SFMASK, HOST_SFMASK);
  wrmsr(MSR_SYSENTER_CS, 0);
  wrmsr(MSR_SYSENTER_ESP, 0);
  wrmsr(MSR_SYSENTER_EIP, 0);
  wrmsr(MSR_FS_BASE, threadPointer);
  wrmsr(MSR_GS_BASE, 0);
  wrmsr(MSR_KERNEL_GS_BASE, 0);
  return vendor.start();
}

function hostCr4(features: u32): u64 {
  let cr4 = CR4_BASE;
  if ((features & CPU_FEATURE_SMEP) != 0) cr4 |= CR4_SMEP;
  if ((features & CPU_FEATURE_SMAP) != 0) cr4 |= CR4_SMAP;
  if ((features & CPU_FEATURE_UMIP) != 0) cr4 |= CR4_UMIP;
  if ((features & CPU_FEATURE_XSAVE) != 0) cr4 |= CR4_OSXSAVE;
  return cr4;
}
