// Generated from abi/src by `bf build abi`. Do not edit.

// A guest's processor as the emulator sees it

/** u64[16]: By their encoding's numbers: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. Changed; the caller may change them, too, when it is asked for something, and the rest of the instruction is done with those. */
export const EMULATION_GENERAL = 0x0;
/** u64: Changed. */
export const EMULATION_RIP = 0x80;
/** u64: Changed. */
export const EMULATION_RFLAGS = 0x88;
/** u64. */
export const EMULATION_CR0 = 0x90;
/** u64. */
export const EMULATION_CR3 = 0x98;
/** u64. */
export const EMULATION_CR4 = 0xa0;
/** u64. */
export const EMULATION_EFER = 0xa8;
/** u64[8]: ES, CS, SS, DS, FS, GS; with EMULATION_FLAG_SEGMENTS LDTR and TR, too. Changed, as the next three. */
export const EMULATION_SEGMENT_BASE = 0xb0;
/** u32[8]: In bytes, granularity applied. */
export const EMULATION_SEGMENT_LIMIT = 0xf0;
/** u16[8]: As the VMCB holds them (APM 2, 15.5.1); not present: unusable. */
export const EMULATION_SEGMENT_ATTRIBUTES = 0x110;
/** u16[8]: With EMULATION_FLAG_SEGMENTS. */
export const EMULATION_SEGMENT_SELECTOR = 0x120;
/** u32: The current privilege level. */
export const EMULATION_CPL = 0x130;
/** u32: Counts with CR4.PKE. */
export const EMULATION_PKRU = 0x134;
/** u32: Of a guest physical address, by CPUID; more are reserved in page tables. 0: 52. */
export const EMULATION_PHYSICAL_BITS = 0x138;
/** u32: EMULATION_FLAG_*. */
export const EMULATION_FLAGS = 0x13c;
/** u32: Size of the buffer. */
export const EMULATION_BUFFER_BYTES = 0x140;
/** u32: With EMULATION_FLAG_SEGMENTS, as is its base. */
export const EMULATION_GDT_LIMIT = 0x144;
/** u64. */
export const EMULATION_GDT_BASE = 0x148;
/** u64: With EMULATION_FLAG_KNOWN: the guest physical address that the processor has found for the memory operand, and reported. */
export const EMULATION_KNOWN_ADDRESS = 0x150;
/** u64: The caller's own: handed to the functions of guest memory. */
export const EMULATION_OWNER = 0x158;
/** u64: Address of an area for strings of ports; 0: their elements come one by one. */
export const EMULATION_BUFFER = 0x160;
/** u64: Address of 416 bytes as FXSAVE writes them (APM 2, figure 11-7), changed; 0: instructions that move MMX and XMM registers are unknown. */
export const EMULATION_FPU = 0x168;
/** u8[16]: At RIP. */
export const EMULATION_INSTRUCTION = 0x170;
/** u32: Bytes of `instruction` that the processor told; 0: they are fetched from guest memory. 0 again after EMULATION_DONE and EMULATION_EXCEPTION. */
export const EMULATION_INSTRUCTION_BYTES = 0x180;
/** u32: What emulate() returned last. */
export const EMULATION_RESULT = 0x184;
/** u32: READ, WRITE: 1 to 8, in one page. IN, OUT: of an element, 1, 2 or 4. */
export const EMULATION_ACCESS_BYTES = 0x188;
/** u32: IN, OUT: elements; those of more than one are in the buffer. */
export const EMULATION_ELEMENT_COUNT = 0x18c;
/** u64: READ, WRITE: guest physical. IN, OUT: the port. */
export const EMULATION_ADDRESS = 0x190;
/** u64: WRITE, OUT of one element: what to write. READ, IN of one element: what was read, by the caller. */
export const EMULATION_DATA = 0x198;
/** u32: EXCEPTION. */
export const EMULATION_VECTOR = 0x1a0;
/** u32: EXCEPTION: 0 of those that have none. */
export const EMULATION_ERROR_CODE = 0x1a4;
/** u64: EXCEPTION: of a page fault. */
export const EMULATION_CR2 = 0x1a8;
/** u32: 1 when RFLAGS.TF was set as the instruction, or a repetition of it, ended: a debug exception is due behind it. */
export const EMULATION_TRAP = 0x1b0;
/** u32: Bit n: segment n is another than before. */
export const EMULATION_CHANGED_SEGMENTS = 0x1b4;
/** u32: 1: behind a move to SS, where the next instruction is executed before any interrupt or debug exception. */
export const EMULATION_SHADOW = 0x1b8;
/** u32: The rest is the emulator's own. All zero before its first call; 0 to give an instruction up. */
export const EMULATION_PROGRESS = 0x1bc;
/** u32: The instruction ends with the pieces that are left. */
export const EMULATION_IS_COMPLETE = 0x1c0;
/** u32: Elements are on their way to a port. */
export const EMULATION_PORT_PENDING = 0x1c4;
/** u32: MODE_* of the code. */
export const EMULATION_MODE = 0x1c8;
/** u32: Writes of devices that the instruction makes. */
export const EMULATION_PIECE_COUNT = 0x1cc;
/** u32. */
export const EMULATION_PIECE_NEXT = 0x1d0;
/** u32: Reads of devices that have been answered. */
export const EMULATION_ANSWER_COUNT = 0x1d4;
/** u32: Those that the instruction has taken since it was begun again. */
export const EMULATION_ANSWER_NEXT = 0x1d8;
/** u32: Elements of a port that were read. */
export const EMULATION_PORT_ANSWER = 0x1dc;
/** u64: RIP behind the instruction. */
export const EMULATION_NEXT_RIP = 0x1e0;
/** u64: Of the operand that was located last. */
export const EMULATION_LINEAR = 0x1e8;
/** u64: Guest physical addresses of an operand's two pages. */
export const EMULATION_SPAN_FIRST = 0x1f0;
/** u64. */
export const EMULATION_SPAN_SECOND = 0x1f8;
/** u64[2]: An operand. */
export const EMULATION_VALUE = 0x200;
/** u64: Of a page table. */
export const EMULATION_ENTRY = 0x210;
/** u64[4]. */
export const EMULATION_PIECE_ADDRESS = 0x218;
/** u64[4]. */
export const EMULATION_PIECE_DATA = 0x238;
/** u32[4]. */
export const EMULATION_PIECE_BYTES = 0x258;
/** u64[4]. */
export const EMULATION_ANSWER_ADDRESS = 0x268;
/** u64[4]. */
export const EMULATION_ANSWER_DATA = 0x288;
/** u32[4]. */
export const EMULATION_ANSWER_BYTES = 0x2a8;
/** Size of the structure. */
export const EMULATION_BYTES = 0x2b8;

// Emulation.flags

/** Near branches ignore the prefix 66 in 64-bit mode. */
export const EMULATION_FLAG_INTEL = 0x1;
/** No other repetition is begun: an interrupt or a signal waits. */
export const EMULATION_FLAG_STOP = 0x2;
/** There is a `knownAddress`, which the guest may read. */
export const EMULATION_FLAG_KNOWN = 0x4;
/** It may be written. */
export const EMULATION_FLAG_KNOWN_WRITE = 0x8;
/** Segments are those of the guest's processor, whatever the mode, with selectors; otherwise instructions that load or store them are unknown. */
export const EMULATION_FLAG_SEGMENTS = 0x10;

// What the functions of guest memory say

export const GUEST_DONE = 0x0;
/** No memory is there, or none that may be written: it is a device's. */
export const GUEST_DEVICE = 0x1;
/** There is memory, which cannot be had now. */
export const GUEST_FAILED = 0x2;
/** exchangeGuest(): it holds another value. */
export const GUEST_CHANGED = 0x3;

// What emulate() says

/** The registers are those behind the instruction; or, with RIP at it, those between two of its repetitions, where interrupts may be taken. */
export const EMULATION_DONE = 0x0;
/** Read `accessBytes` of the device at `address` into `data`, and call again. */
export const EMULATION_READ = 0x1;
/** Write `accessBytes` of `data` to the device at `address`, and call again. */
export const EMULATION_WRITE = 0x2;
/** Read `elementCount` elements of `accessBytes` from the port, and call again. */
export const EMULATION_IN = 0x3;
/** Write `elementCount` elements of `accessBytes` to the port, and call again. */
export const EMULATION_OUT = 0x4;
/** The guest gets `vector`; its registers are those before the instruction. */
export const EMULATION_EXCEPTION = 0x5;
/** The emulator does not know how; `instruction` has `instructionBytes` of it. */
export const EMULATION_UNKNOWN = 0x6;
/** The functions of guest memory said GUEST_FAILED. */
export const EMULATION_FAILED = 0x7;

// Emulation.flags: what is wanted instead of carrying the instruction out

/** The processor has said #UD: the other vendor's hypercall is replaced by this one's, and is to be executed again; all else is #UD. */
export const EMULATION_FLAG_HYPERCALL = 0x20;
