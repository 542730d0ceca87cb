// XSAVE, XRSTOR, FXSAVE and FXRSTOR of the simulated processor (SDM volume 1, 10.5 and 13.7 to 13.8)

import type { Intrinsics } from "../../../bsl/test-support/index.ts";
import type { HostMemory } from "./host-memory.ts";
import { INITIAL_FPU, type Processor } from "./processor.ts";

const CR0_TS = 8n;
/** Offsets in an area: control words, XMM0, the header's XSTATE_BV, and where CPUID puts the upper halves of YMMs. */
const AREA = { FCW: 0n, MXCSR: 24n, XMM: 160n, XSTATE_BV: 512n, YMM: 576n } as const;
const X87 = 1n;
const SSE = 2n;
const AVX = 4n;
const MXCSR_RESERVED = ~0xffffn;

export function fpuInstructions(current: () => Processor, memory: HostMemory): Intrinsics[string] {
  const ready = (area: bigint, alignment: bigint): Processor => {
    const processor = current();
    if ((processor.cr0 & CR0_TS) !== 0n) throw new Error("#NM in the kernel");
    if (area % alignment !== 0n) throw new Error(`an area at 0x${area.toString(16)} (#GP)`);
    return processor;
  };
  const saveLegacy = ({ fpu }: Processor, area: bigint): void => {
    memory.poke(area + AREA.FCW, 2, fpu.fcw);
    memory.poke(area + AREA.MXCSR, 4, fpu.mxcsr);
    memory.poke(area + AREA.XMM, 8, fpu.xmm);
  };
  const mxcsrAt = (area: bigint): bigint => {
    const value = memory.peek(area + AREA.MXCSR, 4);
    if ((value & MXCSR_RESERVED) !== 0n) throw new Error("reserved bits of MXCSR (#GP)");
    return value;
  };
  const requested = (processor: Processor, components: bigint): bigint => {
    if (!processor.hasXsave) throw new Error("XSAVE without CR4.OSXSAVE (#UD)");
    return BigInt.asUintN(64, components) & processor.xcr0;
  };
  return {
    fxsave: (area: bigint) => saveLegacy(ready(area, 16n), area),
    fxrstor: (area: bigint) => {
      const { fpu } = ready(area, 16n);
      fpu.fcw = memory.peek(area + AREA.FCW, 2);
      fpu.mxcsr = mxcsrAt(area);
      fpu.xmm = memory.peek(area + AREA.XMM, 8);
    },
    xsave: (area: bigint, components: bigint) => {
      const processor = ready(area, 64n);
      const wanted = requested(processor, components);
      saveLegacy(processor, area);
      if ((wanted & AVX) !== 0n) memory.poke(area + AREA.YMM, 8, processor.fpu.ymm);
      memory.poke(area + AREA.XSTATE_BV, 8, memory.peek(area + AREA.XSTATE_BV, 8) | wanted);
    },
    xrstor: (area: bigint, components: bigint) => {
      const processor = ready(area, 64n);
      const wanted = requested(processor, components);
      const saved = memory.peek(area + AREA.XSTATE_BV, 8);
      const { fpu } = processor;
      if ((wanted & X87) !== 0n) fpu.fcw = (saved & X87) !== 0n ? memory.peek(area + AREA.FCW, 2) : INITIAL_FPU.fcw;
      if ((wanted & (SSE | AVX)) !== 0n) fpu.mxcsr = mxcsrAt(area);
      if ((wanted & SSE) !== 0n) fpu.xmm = (saved & SSE) !== 0n ? memory.peek(area + AREA.XMM, 8) : 0n;
      if ((wanted & AVX) !== 0n) fpu.ymm = (saved & AVX) !== 0n ? memory.peek(area + AREA.YMM, 8) : 0n;
    },
  };
}
