// The emulator of instructions: what its caller hands in, and what it says (bsl/src/emulator)
//
//     caller                                      emulator
//     registers, owner, instructionBytes  ──────▶ emulate(): EMULATION_*
//     the device is read at `address`     ◀────── EMULATION_READ
//     `data`                              ──────▶ emulate()
//     the device is written               ◀────── EMULATION_WRITE
//                                         ──────▶ emulate()
//     registers                           ◀────── EMULATION_DONE
//
// Called again after READ, WRITE, IN and OUT until something else comes. One structure for each virtual processor: nothing
// else is kept between calls, so processors may be emulated at the same time.

import { structure, table } from "./schema.ts";

export const emulation = structure("emulation", "Emulation", "A guest's processor as the emulator sees it", {
  general: [
    "u64[16]",
    "By their encoding's numbers: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. Changed; the caller may change them, too, when it is asked for something, and the rest of the instruction is done with those.",
  ],
  rip: ["u64", "Changed."],
  rflags: ["u64", "Changed."],
  cr0: "u64",
  cr3: "u64",
  cr4: "u64",
  efer: "u64",
  segmentBase: [
    "u64[8]",
    "ES, CS, SS, DS, FS, GS; with EMULATION_FLAG_SEGMENTS LDTR and TR, too. Changed, as the next three.",
  ],
  segmentLimit: ["u32[8]", "In bytes, granularity applied."],
  segmentAttributes: ["u16[8]", "As the VMCB holds them (APM 2, 15.5.1); not present: unusable."],
  segmentSelector: ["u16[8]", "With EMULATION_FLAG_SEGMENTS."],
  cpl: ["u32", "The current privilege level."],
  pkru: ["u32", "Counts with CR4.PKE."],
  physicalBits: ["u32", "Of a guest physical address, by CPUID; more are reserved in page tables. 0: 52."],
  flags: ["u32", "EMULATION_FLAG_*."],
  bufferBytes: ["u32", "Size of the buffer."],
  gdtLimit: ["u32", "With EMULATION_FLAG_SEGMENTS, as is its base."],
  gdtBase: "u64",
  knownAddress: [
    "u64",
    "With EMULATION_FLAG_KNOWN: the guest physical address that the processor has found for the memory operand, and reported.",
  ],
  owner: ["u64", "The caller's own: handed to the functions of guest memory."],
  buffer: ["u64", "Address of an area for strings of ports; 0: their elements come one by one."],
  fpu: [
    "u64",
    "Address of 416 bytes as FXSAVE writes them (APM 2, figure 11-7), changed; 0: instructions that move MMX and XMM registers are unknown.",
  ],
  instruction: ["u8[16]", "At RIP."],
  instructionBytes: [
    "u32",
    "Bytes of `instruction` that the processor told; 0: they are fetched from guest memory. 0 again after EMULATION_DONE and EMULATION_EXCEPTION.",
  ],

  result: ["u32", "What emulate() returned last."],
  accessBytes: ["u32", "READ, WRITE: 1 to 8, in one page. IN, OUT: of an element, 1, 2 or 4."],
  elementCount: ["u32", "IN, OUT: elements; those of more than one are in the buffer."],
  address: ["u64", "READ, WRITE: guest physical. IN, OUT: the port."],
  data: ["u64", "WRITE, OUT of one element: what to write. READ, IN of one element: what was read, by the caller."],
  vector: ["u32", "EXCEPTION."],
  errorCode: ["u32", "EXCEPTION: 0 of those that have none."],
  cr2: ["u64", "EXCEPTION: of a page fault."],
  trap: [
    "u32",
    "1 when RFLAGS.TF was set as the instruction, or a repetition of it, ended: a debug exception is due behind it.",
  ],
  changedSegments: ["u32", "Bit n: segment n is another than before."],
  shadow: [
    "u32",
    "1: behind a move to SS, where the next instruction is executed before any interrupt or debug exception.",
  ],

  progress: ["u32", "The rest is the emulator's own. All zero before its first call; 0 to give an instruction up."],
  isComplete: ["u32", "The instruction ends with the pieces that are left."],
  portPending: ["u32", "Elements are on their way to a port."],
  mode: ["u32", "MODE_* of the code."],
  pieceCount: ["u32", "Writes of devices that the instruction makes."],
  pieceNext: "u32",
  answerCount: ["u32", "Reads of devices that have been answered."],
  answerNext: ["u32", "Those that the instruction has taken since it was begun again."],
  portAnswer: ["u32", "Elements of a port that were read."],
  nextRip: ["u64", "RIP behind the instruction."],
  linear: ["u64", "Of the operand that was located last."],
  spanFirst: ["u64", "Guest physical addresses of an operand's two pages."],
  spanSecond: "u64",
  value: ["u64[2]", "An operand."],
  entry: ["u64", "Of a page table."],
  pieceAddress: "u64[4]",
  pieceData: "u64[4]",
  pieceBytes: "u32[4]",
  answerAddress: "u64[4]",
  answerData: "u64[4]",
  answerBytes: "u32[4]",
});

export const results = table("emulation", "What emulate() says", "u32", {
  EMULATION_DONE: [
    0,
    "The registers are those behind the instruction; or, with RIP at it, those between two of its repetitions, where interrupts may be taken.",
  ],
  EMULATION_READ: [1, "Read `accessBytes` of the device at `address` into `data`, and call again."],
  EMULATION_WRITE: [2, "Write `accessBytes` of `data` to the device at `address`, and call again."],
  EMULATION_IN: [3, "Read `elementCount` elements of `accessBytes` from the port, and call again."],
  EMULATION_OUT: [4, "Write `elementCount` elements of `accessBytes` to the port, and call again."],
  EMULATION_EXCEPTION: [5, "The guest gets `vector`; its registers are those before the instruction."],
  EMULATION_UNKNOWN: [6, "The emulator does not know how; `instruction` has `instructionBytes` of it."],
  EMULATION_FAILED: [7, "The functions of guest memory said GUEST_FAILED."],
});

export const flags = table("emulation", "Emulation.flags", "u32", {
  EMULATION_FLAG_INTEL: [1, "Near branches ignore the prefix 66 in 64-bit mode."],
  EMULATION_FLAG_STOP: [2, "No other repetition is begun: an interrupt or a signal waits."],
  EMULATION_FLAG_KNOWN: [4, "There is a `knownAddress`, which the guest may read."],
  EMULATION_FLAG_KNOWN_WRITE: [8, "It may be written."],
  EMULATION_FLAG_SEGMENTS: [
    16,
    "Segments are those of the guest's processor, whatever the mode, with selectors; otherwise instructions that load or store them are unknown.",
  ],
});

export const wishes = table(
  "emulation",
  "Emulation.flags: what is wanted instead of carrying the instruction out",
  "u32",
  {
    EMULATION_FLAG_HYPERCALL: [
      32,
      "The processor has said #UD: the other vendor's hypercall is replaced by this one's, and is to be executed again; all else is #UD.",
    ],
  },
);

export const guestResults = table("emulation", "What the functions of guest memory say", "u32", {
  GUEST_DONE: 0,
  GUEST_DEVICE: [1, "No memory is there, or none that may be written: it is a device's."],
  GUEST_FAILED: [2, "There is memory, which cannot be had now."],
  GUEST_CHANGED: [3, "exchangeGuest(): it holds another value."],
});
