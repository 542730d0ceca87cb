// The processor's own CPUID, for the hypervisor itself; cpuid.h implements it

/** Executes CPUID and returns EDX. */
export declare function cpuidEdx(leaf: u32, subleaf: u32): u32;
/** Executes CPUID and returns EAX, EBX, ECX or EDX (0 to 3). */
export declare function cpuidRegister(leaf: u32, subleaf: u32, register: u32): u32;
/** The same with EAX in the lower half. */
export declare function cpuidEaxEdx(leaf: u32, subleaf: u32): u64;
