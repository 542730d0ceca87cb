// VMX instructions (SDM volume 3, chapter 31); vmx.h implements each
//
// Where one can fail, 1 says that it succeeded: neither VMfailInvalid nor VMfailValid.

/** Enters VMX operation with the region at a physical address; 0 also when the processor raised #GP. */
export declare function vmxon(region: u64): u32;
export declare function vmxoff(): void;
/** Writes what the processor caches of a VMCS back, and makes its launch state clear. */
export declare function vmclear(vmcs: u64): u32;
/** Makes a VMCS the current one. */
export declare function vmptrld(vmcs: u64): u32;

/** Reads a field that every processor has. */
export declare function vmread(field: u32): u64;
/** Reads a field into the native u64 at `out`; 0 when the processor does not have it. */
export declare function tryVmread(field: u32, out: u64): u32;
/** Writes a field; 0 when the processor does not have it. */
export declare function vmwrite(field: u32, value: u64): u32;

/** Drops translations by VPID: one address (0), one VPID (1), all (2). */
export declare function invvpid(type: u32, vpid: u32, address: u64): u32;
/** Drops translations by EPT pointer: one (1), all (2). */
export declare function invept(type: u32, pointer: u64): u32;

/** Address of the entry of VM exits. */
export declare function intelExitEntry(): u64;
/** Address of the entry of system calls. */
export declare function intelSyscallEntry(): u64;
/** The same where something is to be done before all calls, without and with isolation of the kernel. */
export declare function carefulSyscallEntry(): u64;
export declare function intelIsolatedEntry(): u64;
