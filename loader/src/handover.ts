// What the kernel gets to know on each processor: BootArgs, and the loader's part of SavedState

import { promoteOffset } from "#arch/handoff-page";
import { hostCr4, hostEfer } from "#arch/host";
import {
  BOOT_ARGS_ARENA_BYTES,
  BOOT_ARGS_ARENA_COUNT,
  BOOT_ARGS_ARENA_PHYS,
  BOOT_ARGS_ARENA_USED,
  BOOT_ARGS_DEBUG_LEVEL,
  BOOT_ARGS_EXCHANGE_PHYS,
  BOOT_ARGS_EXT_BYTES,
  BOOT_ARGS_EXT_COUNT,
  BOOT_ARGS_FEATURES,
  BOOT_ARGS_HOST_SPEC_CTRL,
  BOOT_ARGS_MAGIC,
  BOOT_ARGS_MITIGATIONS,
  BOOT_ARGS_POLICY_BYTES,
  BOOT_ARGS_PP_COUNT,
  BOOT_ARGS_PPID,
  BOOT_ARGS_PROMOTE_ENTRY,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_ARGS_RING_PHYS,
  BOOT_ARGS_ROOT_PHYS,
  BOOT_ARGS_VENDOR,
  BOOT_ARGS_VERSION,
  BOOT_ARGS_WATCH_TICKS,
  BOOT_MAGIC,
  BOOT_VERSION,
  SAVED_STATE_HOST_CR3,
  SAVED_STATE_HOST_CR4,
  SAVED_STATE_HOST_EFER,
  SAVED_STATE_KERNEL_ENTRY,
  SAVED_STATE_OS_ADDRESS,
  SAVED_STATE_PHYSICAL,
  SAVED_STATE_TRANSITION_CR3,
} from "../../abi/generated/bare/boot";
import { HANDOFF_BASE } from "../../abi/generated/bare/windows";
import { entryPoint } from "../../bsl/src/elf";
import { poke32, poke64 } from "../../bsl/src/memory";
import { chunkAt, chunkCount } from "./arena";
import { exchangePhysical } from "./exchange";
import { extensionCount, fileAddress, fileBytes } from "./files";
import { transitionPhysical } from "./image";
import { POLICY_FILE } from "./limits";
import { mitigationsOf } from "./mitigations";
import { debugLevel, physicalAddress } from "./platform";
import { processorAt, processorCount } from "./processor";
import { ringPhysical } from "./ring";
import { slideOf } from "./slide";
import { watchTicks } from "./watch";

/** Fills both for processor `index`; everything is carved and every processor checked. */
export function fillHandover(index: u32, features: u32): void {
  fillArgs(index, features);
  fillArena(index);
  fillState(index, features);
}

function fillArgs(index: u32, features: u32): void {
  const processor = processorAt(index);
  const args = processor.args;
  poke64(args + BOOT_ARGS_MAGIC, BOOT_MAGIC);
  poke64(args + BOOT_ARGS_VERSION, BOOT_VERSION);
  poke32(args + BOOT_ARGS_PPID, index);
  poke32(args + BOOT_ARGS_PP_COUNT, processorCount());
  poke64(args + BOOT_ARGS_ROOT_PHYS, processor.rootPhysical);
  poke64(args + BOOT_ARGS_RING_PHYS, ringPhysical());
  poke64(args + BOOT_ARGS_REPORT_PHYS, physicalAddress(processor.report));
  poke64(args + BOOT_ARGS_EXCHANGE_PHYS, exchangePhysical());
  poke64(args + BOOT_ARGS_PROMOTE_ENTRY, HANDOFF_BASE + promoteOffset());
  poke32(args + BOOT_ARGS_VENDOR, processor.vendor);
  poke32(args + BOOT_ARGS_FEATURES, features);
  poke32(args + BOOT_ARGS_EXT_COUNT, extensionCount());
  for (let i: u32 = 0; i < extensionCount(); i++) poke64(args + BOOT_ARGS_EXT_BYTES + i * 8, fileBytes(i + 1));
  poke64(args + BOOT_ARGS_POLICY_BYTES, fileBytes(POLICY_FILE));
  poke32(args + BOOT_ARGS_DEBUG_LEVEL, debugLevel());
  poke64(args + BOOT_ARGS_WATCH_TICKS, watchTicks());
  poke32(args + BOOT_ARGS_MITIGATIONS, mitigationsOf(processor));
  poke64(args + BOOT_ARGS_HOST_SPEC_CTRL, processor.hostSpecCtrl);
}

function fillArena(index: u32): void {
  const args = processorAt(index).args;
  poke32(args + BOOT_ARGS_ARENA_COUNT, chunkCount());
  for (let i: u32 = 0; i < chunkCount(); i++) {
    const chunk = chunkAt(i);
    poke64(args + BOOT_ARGS_ARENA_PHYS + i * 8, chunk.physical);
    poke64(args + BOOT_ARGS_ARENA_BYTES + i * 8, chunk.bytes);
    poke64(args + BOOT_ARGS_ARENA_USED + i * 8, chunk.used);
  }
}

function fillState(index: u32, features: u32): void {
  const processor = processorAt(index);
  const state = processor.state;
  poke64(state + SAVED_STATE_OS_ADDRESS, state);
  poke64(state + SAVED_STATE_PHYSICAL, physicalAddress(state));
  poke64(state + SAVED_STATE_HOST_CR3, processor.rootPhysical);
  poke64(state + SAVED_STATE_HOST_CR4, hostCr4(features));
  poke64(state + SAVED_STATE_HOST_EFER, hostEfer(processor.vendor));
  poke64(state + SAVED_STATE_TRANSITION_CR3, transitionPhysical());
  poke64(state + SAVED_STATE_KERNEL_ENTRY, entryPoint(fileAddress(0)) + slideOf(entryPoint(fileAddress(0))));
}
