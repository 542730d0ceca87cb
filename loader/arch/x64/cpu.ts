// Instructions that TypeScript has no words for; cpu.h implements each

/** Executes CPUID and returns one of its registers. */
export declare function cpuidEax(leaf: u32, subleaf: u32): u32;
export declare function cpuidEbx(leaf: u32, subleaf: u32): u32;
export declare function cpuidEcx(leaf: u32, subleaf: u32): u32;
/** Executes VMMCALL, or VMCALL where `isIntel`, with RAX, RBX, RCX, RDX, RSI, RDI, R8 and R9 from eight u64 at `registers`, and writes them back; 0: #UD. */
export declare function hypercall(registers: u64, isIntel: u32): u32;
export declare function cpuidEdx(leaf: u32, subleaf: u32): u32;

/** Reads an MSR that is known to exist. */
export declare function rdmsr(index: u32): u64;
/** Writes an MSR with a value that it is known to take. */
export declare function wrmsr(index: u32, value: u64): void;

export declare function readCr0(): u64;
export declare function readCr2(): u64;
export declare function readCr3(): u64;
export declare function readCr4(): u64;
export declare function readCr8(): u64;
export declare function writeCr4(value: u64): void;
/** XCR0; CR4.OSXSAVE must be set. */
export declare function readXcr0(): u64;
/** DR0 to DR3, DR6 or DR7. */
export declare function readDr(index: u32): u64;

/** A segment register's selector: SEGMENT_* of state.ts, or the task and local descriptor table registers. */
export declare function readSelector(register: u32): u32;
/** Base of the table that GDTR (0) or IDTR (1) names. */
export declare function tableBase(register: u32): u64;
/** Limit of the table that GDTR (0) or IDTR (1) names. */
export declare function tableLimit(register: u32): u32;
