// How the processor and an exception stub get from an instruction to the kernel's handler (APM volume 2, 8.9)

import { ENTRY_AREA_KERNEL_ROOT, PP_AREA_BASE, PP_ENTRY } from "@bareflank/abi";
import type { HostMemory } from "./host-memory.ts";
import { TEXT } from "./instructions.ts";
import type { Processor } from "./processor.ts";
import { StructureView } from "./structure-view.ts";

/** What an instruction did wrong, and what the registers were. */
export interface Fault {
  readonly vector: number;
  readonly errorCode: bigint;
  /** The faulting address, of a page fault. */
  readonly cr2: bigint;
  readonly rip: bigint;
  readonly cs: bigint;
  readonly rflags: bigint;
  readonly rsp: bigint;
  readonly ss: bigint;
  readonly general: Readonly<Record<string, bigint>>;
}

const FRAME_BYTES = 0xb0n;
const ENTRY = PP_AREA_BASE + BigInt(PP_ENTRY);
const PRESENT_INTERRUPT_GATE = 0x8en;
const TSS_RSP0 = 4n;
const TSS_IST1 = 0x24n;

/** Pushes the frame where the IDT and the TSS say; FaultFrame as the stub leaves it on the stack. */
export function deliver(memory: HostMemory, processor: Processor, fault: Partial<Fault> & { vector: number }) {
  const { vector, cs = 0x10n, rsp = 0n } = fault;
  if (fault.cr2 !== undefined) processor.cr2 = fault.cr2;
  const gate = processor.idtr.base + BigInt(vector) * 16n;
  if (vector * 16 + 15 > processor.idtr.limit) throw new Error(`the IDT has no vector ${vector}`);
  const low = memory.peek(gate, 8);
  const target = (low & 0xffffn) | ((low >> 48n) << 16n) | (memory.peek(gate + 8n, 8) << 32n);
  if (((low >> 40n) & 0x9fn) !== PRESENT_INTERRUPT_GATE) throw new Error(`vector ${vector} is no interrupt gate`);
  const stubs = target - BigInt(vector) * 16n;
  if (stubs !== TEXT.EXCEPTION_STUBS && stubs !== TEXT.ISOLATED_STUBS)
    throw new Error(`vector ${vector} leads elsewhere`);

  const ist = (low >> 32n) & 7n;
  const tss = processor.segments.tr.base;
  const ownStack = (cs & 3n) === 0n ? rsp : memory.peek(tss + TSS_RSP0, 8);
  const stack = ist === 0n ? ownStack : memory.peek(tss + TSS_IST1 + (ist - 1n) * 8n, 8);
  const frame = new StructureView(memory, (stack & ~15n) - FRAME_BYTES, "FaultFrame");
  const { errorCode = 0n, rip = 0n, rflags = 0x2n, ss = 0n, general = {} } = fault;
  const values = { errorCode, rip, cs, rflags, rsp, ss, vector: BigInt(vector), ...general };
  for (const name of frame.names()) frame.set(name, 0n);
  for (const [name, value] of Object.entries(values)) frame.set(name, value);
  return stubs === TEXT.ISOLATED_STUBS && stack >= ENTRY ? moveToKernel(memory, processor, frame, stack) : frame;
}

/** exception_isolated: to the kernel's table, and to its stack that the one in EntryArea stands for. */
function moveToKernel(memory: HostMemory, processor: Processor, frame: StructureView, stack: bigint): StructureView {
  const values = Object.entries(frame.values());
  processor.loadCr3(memory.peek(ENTRY + BigInt(ENTRY_AREA_KERNEL_ROOT), 8));
  const moved = new StructureView(memory, memory.peek(stack, 8) - FRAME_BYTES, "FaultFrame");
  for (const [name, value] of values) moved.set(name, value);
  return moved;
}
