// Instructions that TypeScript has no words for; cpu.h implements each

/** Writes a byte to an I/O port. */
export declare function outb(port: u32, value: u32): void;
/** Reads a byte from an I/O port. */
export declare function inb(port: u32): u32;

/** Reads an MSR that is known to exist. */
export declare function rdmsr(index: u32): u64;
/** Writes an MSR that is known to exist, with a value that it takes. */
export declare function wrmsr(index: u32, value: u64): void;
/** Reads an MSR into the native u64 at `out`, which stays as it is when the processor raises #GP: 1 and 0. */
export declare function tryRdmsr(index: u32, out: u64): u32;
/** Writes an MSR; 0 when the processor raised #GP, 1 when it was written. */
export declare function tryWrmsr(index: u32, value: u64): u32;

/** The time stamp counter. */
export declare function rdtsc(): u64;
/** AMD: lets an NMI come that waits. */
export declare function nmiWindow(): void;
/** Waits until a word of memory is written, if it is what was seen; it may come back early (MONITOR, MWAIT). */
export declare function monitorWait(address: u64, seen: u32): void;
/** Within the handler of an NMI that does not return: it holds the next one back no longer. On AMD GIF still does. */
export declare function takeNextNmi(): void;

/** Lets nothing behind it begin before all before it is done (LFENCE). */
export declare function fence(): void;
/** Fills the stack of predicted returns with addresses where nothing happens. */
export declare function fillReturnStack(): void;
/** Clears buffers of the processor in which others' data may linger (VERW). */
export declare function clearBuffers(): void;

/** Executes CPUID: EAX, EBX, ECX or EDX (0 to 3) of a leaf. */
export declare function cpuidRegister(leaf: u32, subleaf: u32, register: u32): u32;

export declare function readCr0(): u64;
export declare function writeCr0(value: u64): void;
export declare function readCr2(): u64;
export declare function writeCr2(value: u64): void;
/** Loads a top-level page table (physical): every translation of the previous one is dropped. */
export declare function writeCr3(value: u64): void;
export declare function readCr4(): u64;
export declare function writeCr4(value: u64): void;
export declare function readCr8(): u64;
export declare function writeCr8(value: u64): void;
export declare function readXcr0(): u64;
/** Writes XCR0; 0 when the processor refused the value with #GP. */
export declare function tryWriteXcr0(value: u64): u32;
/** Saves components of the state to an area, aligned to 64; XCR0 has all of them. */
export declare function xsave(area: u64, components: u64): void;
/** Loads them; no address of an instruction or operand of the former state is left (APM volume 2, 11.4.4). */
export declare function xrstor(area: u64, components: u64): void;
/** The same for x87 and SSE, on a processor without XSAVE. */
export declare function fxsave(area: u64): void;
export declare function fxrstor(area: u64): void;
/** Reads DR0 to DR3, DR6 or DR7. */
export declare function readDr(index: u32): u64;
/** Writes DR0 to DR3, DR6 or DR7. */
export declare function writeDr(index: u32, value: u64): void;
/** Reloads CR3 with its own value: flushes this processor's non-global translations. */
export declare function flushTlb(): void;
/** Flushes this processor's host translations of the page at a virtual address (INVLPG). */
export declare function flushPage(virtual: u64): void;
/** AMD: flushes the translation of a guest's virtual address in an address space (INVLPGA). */
export declare function flushGuestPage(virtual: u64, asid: u32): void;

/** Loads GDTR, then CS and SS from the GDT's kernel entries. */
export declare function loadGdt(base: u64, limit: u32): void;
/** Loads DS, ES, FS and GS with null. */
export declare function clearSegments(): void;
/** Loads IDTR. */
export declare function loadIdt(base: u64, limit: u32): void;
/** Loads TR, and LDTR with null. */
export declare function loadTaskRegister(selector: u32): void;

/** AMD: saves FS, GS, TR, LDTR and the SYSCALL and SYSENTER registers to the VMCB at a physical address. */
export declare function vmsave(vmcb: u64): void;
/** AMD: loads what vmsave saves. */
export declare function vmload(vmcb: u64): void;

/** Address of the entry of system calls. */
export declare function syscallEntry(): u64;
/** The same of AMD's ways that look (entry.S), without and with isolation of the kernel. */
export declare function openSyscallEntry(): u64;
export declare function amdIsolatedEntry(): u64;
/** The two instructions that enter ring 3 where NMIs come through. */
export declare function openSysret(): u64;
export declare function frameIret(): u64;
/** Address of the first exception stub; stub n lies n * 16 bytes behind. */
export declare function exceptionStubs(): u64;
/** The same where the kernel is isolated. */
export declare function isolatedStubs(): u64;
/** Lowest address of the kernel's code. */
export declare function textStart(): u64;
/** Address behind the kernel's code. */
export declare function textEnd(): u64;
/** Where to continue after a fault at `rip`, from the exception table; 0 when nothing may fault there. */
export declare function exceptionFixup(rip: u64): u64;
