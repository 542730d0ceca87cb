// Generated from abi/src by `bf build abi`. Do not edit.

// What the assembly does when the kernel's TypeScript returns

/** Return from the system call with status, REG0 and REG1. */
export const ACTION_RETURN: u32 = 0x0;
/** Enter a callback. */
export const ACTION_UPCALL: u32 = 0x1;
/** Run the active VS. */
export const ACTION_RUN: u32 = 0x2;
/** Resume the extension at faultFrame. */
export const ACTION_RESUME: u32 = 0x3;
/** Give the processor back for good: SavedState holds the state. */
export const ACTION_PROMOTE: u32 = 0x4;
/** Halt this processor. */
export const ACTION_HALT: u32 = 0x5;
/** A message or a reply: save what functions preserve, and call enterExchange. */
export const ACTION_EXCHANGE: u32 = 0x8;
/** As ACTION_RETURN, with what functions preserve as the block has it. */
export const ACTION_RETURN_SAVED: u32 = 0x9;
/** As ACTION_UPCALL, on Intel where the kernel is isolated. */
export const ACTION_UPCALL_FRAME: u32 = 0xa;
/** The system call is not the one that ends nearly every exit: call enterSyscall. */
export const ACTION_SERVE: u32 = 0x7;
/** Return from an exception to the frame on the stack (changed by the exception table). */
export const ACTION_IRET: u32 = 0x6;

// PpBlock.context

export const CONTEXT_NONE: u32 = 0x0;
/** _start */
export const CONTEXT_START: u32 = 0x1;
/** the bootstrap callback */
export const CONTEXT_BOOTSTRAP: u32 = 0x2;
/** the vmexit callback, before any exit was handled successfully */
export const CONTEXT_FIRST_VMEXIT: u32 = 0x3;
/** the vmexit callback */
export const CONTEXT_VMEXIT: u32 = 0x4;
/** the fail callback */
export const CONTEXT_FAIL: u32 = 0x5;
/** the message callback */
export const CONTEXT_MESSAGE: u32 = 0x6;

// What entries and exits need on ring 3's table

/** u64: CR3 of the kernel: the running extension's PpBlock.root. */
export const ENTRY_AREA_KERNEL_ROOT: u32 = 0x0;
/** u64: CR3 of ring 3. Without ENTRY_KEEP, its translations are dropped when it is loaded next. */
export const ENTRY_AREA_USER_ROOT: u32 = 0x8;
/** u64: What the exits set in userRoot when they have loaded it: ENTRY_KEEP or 0. */
export const ENTRY_AREA_KEEP: u32 = 0x10;
/** u64: Ring 3's, while RSP moves CR3. */
export const ENTRY_AREA_RSP: u32 = 0x18;
/** u64: PpBlock.nmisOpen. */
export const ENTRY_AREA_NMIS_OPEN: u32 = 0x20;
/** u64[31]: Of exceptions in ring 3. Each stack ends at a multiple of 16 bytes. */
export const ENTRY_AREA_STACK: u32 = 0x28;
/** u64: The top of the kernel's stack that this one stands for; the same below. */
export const ENTRY_AREA_STACK_OF: u32 = 0x120;
/** u64[31]. */
export const ENTRY_AREA_NMI_STACK: u32 = 0x128;
/** u64. */
export const ENTRY_AREA_NMI_STACK_OF: u32 = 0x220;
/** u64[31]. */
export const ENTRY_AREA_DOUBLE_FAULT_STACK: u32 = 0x228;
/** u64. */
export const ENTRY_AREA_DOUBLE_FAULT_STACK_OF: u32 = 0x320;
/** u64[31]. */
export const ENTRY_AREA_MACHINE_CHECK_STACK: u32 = 0x328;
/** u64. */
export const ENTRY_AREA_MACHINE_CHECK_STACK_OF: u32 = 0x420;
/** Size of the structure. */
export const ENTRY_AREA_BYTES: u32 = 0x428;

// EntryArea.userRoot

/** CR3's bit 63: translations of the address space are kept. */
export const ENTRY_KEEP: u64 = 0x8000000000000000;
/** The address space (PCID) of ring 3; the kernel's is 0. */
export const ENTRY_SPACE: u64 = 0x1;

// PpBlock.entryWork

/** The VMCS is clear: VMLAUNCH. */
export const ENTRY_LAUNCH: u32 = 0x1;
/** CR2, DR6, STAR and FMASK are not the guest's. */
export const ENTRY_STATE: u32 = 0x2;
/** Set by the entry itself: VMLAUNCH or VMRESUME failed, nothing has run. */
export const ENTRY_REFUSED: u32 = 0x4;
/** Always there while there are mitigations: each exit goes the way that looks. */
export const ENTRY_MITIGATED: u32 = 0x8;

// Registers at an exception

/** u64. */
export const FAULT_FRAME_R15: u32 = 0x0;
/** u64. */
export const FAULT_FRAME_R14: u32 = 0x8;
/** u64. */
export const FAULT_FRAME_R13: u32 = 0x10;
/** u64. */
export const FAULT_FRAME_R12: u32 = 0x18;
/** u64. */
export const FAULT_FRAME_R11: u32 = 0x20;
/** u64. */
export const FAULT_FRAME_R10: u32 = 0x28;
/** u64. */
export const FAULT_FRAME_R9: u32 = 0x30;
/** u64. */
export const FAULT_FRAME_R8: u32 = 0x38;
/** u64. */
export const FAULT_FRAME_RDI: u32 = 0x40;
/** u64. */
export const FAULT_FRAME_RSI: u32 = 0x48;
/** u64. */
export const FAULT_FRAME_RBP: u32 = 0x50;
/** u64. */
export const FAULT_FRAME_RDX: u32 = 0x58;
/** u64. */
export const FAULT_FRAME_RCX: u32 = 0x60;
/** u64. */
export const FAULT_FRAME_RBX: u32 = 0x68;
/** u64. */
export const FAULT_FRAME_RAX: u32 = 0x70;
/** u64. */
export const FAULT_FRAME_VECTOR: u32 = 0x78;
/** u64. */
export const FAULT_FRAME_ERROR_CODE: u32 = 0x80;
/** u64. */
export const FAULT_FRAME_RIP: u32 = 0x88;
/** u64. */
export const FAULT_FRAME_CS: u32 = 0x90;
/** u64. */
export const FAULT_FRAME_RFLAGS: u32 = 0x98;
/** u64. */
export const FAULT_FRAME_RSP: u32 = 0xa0;
/** u64. */
export const FAULT_FRAME_SS: u32 = 0xa8;
/** Size of the structure. */
export const FAULT_FRAME_BYTES: u32 = 0xb0;

// PpBlock.kick

/** The watchdog of another processor sends one. */
export const KICK_WATCH: u32 = 0x1;
/** pp_kick sends one. */
export const KICK_CALL: u32 = 0x2;
/** AMD: the next one is left to the root VM, because it is the operating system's. No other is sent meanwhile. */
export const KICK_OWED: u32 = 0x4;
/** The processor is not in host mode: none is sent. */
export const KICK_AWAY: u32 = 0x8;

// The kernel's per-processor block

/** u64: Saved by the entry of a system call, like the next nine. */
export const PP_BLOCK_USER_RSP: u32 = 0x0;
/** u64. */
export const PP_BLOCK_USER_RIP: u32 = 0x8;
/** u64. */
export const PP_BLOCK_USER_RFLAGS: u32 = 0x10;
/** u64: RDI, and REG0 of the result. */
export const PP_BLOCK_REG0: u32 = 0x18;
/** u64: RSI, and REG1 of the result. */
export const PP_BLOCK_REG1: u32 = 0x20;
/** u64: RDX, and REG2 of the result. */
export const PP_BLOCK_REG2: u32 = 0x28;
/** u64: R10, and REG3 of the result. */
export const PP_BLOCK_REG3: u32 = 0x30;
/** u64: R8. */
export const PP_BLOCK_REG4: u32 = 0x38;
/** u64: R9. */
export const PP_BLOCK_REG5: u32 = 0x40;
/** u64: RAX of the result. */
export const PP_BLOCK_STATUS: u32 = 0x48;
/** u64: Saved with the five behind it while another extension runs. */
export const PP_BLOCK_USER_RBX: u32 = 0x50;
/** u64. */
export const PP_BLOCK_USER_RBP: u32 = 0x58;
/** u64. */
export const PP_BLOCK_USER_R12: u32 = 0x60;
/** u64. */
export const PP_BLOCK_USER_R13: u32 = 0x68;
/** u64. */
export const PP_BLOCK_USER_R14: u32 = 0x70;
/** u64. */
export const PP_BLOCK_USER_R15: u32 = 0x78;
/** u64: Where ACTION_UPCALL enters ring 3. */
export const PP_BLOCK_UPCALL_RIP: u32 = 0x80;
/** u64. */
export const PP_BLOCK_UPCALL_RSP: u32 = 0x88;
/** u64: RDI of the callback. */
export const PP_BLOCK_UPCALL_REG0: u32 = 0x90;
/** u64: RSI of the callback. */
export const PP_BLOCK_UPCALL_REG1: u32 = 0x98;
/** u64: RDX of the callback. */
export const PP_BLOCK_UPCALL_REG2: u32 = 0xa0;
/** u64: R10 of the callback. */
export const PP_BLOCK_UPCALL_REG3: u32 = 0xa8;
/** u64: R8 of the callback. */
export const PP_BLOCK_UPCALL_REG4: u32 = 0xb0;
/** u64: extid, vmid, vpid and vsid as the TCB shows them. */
export const PP_BLOCK_TCB_IDS0: u32 = 0xb8;
/** u64: Physical address of its top-level page table on this processor. */
export const PP_BLOCK_ROOT: u32 = 0xc0;
/** u64: The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same. */
export const PP_BLOCK_USER_ROOT: u32 = 0xc8;
/** u64: Physical address of its TCB on this processor. */
export const PP_BLOCK_TCB: u32 = 0xd0;
/** u64: Object that holds its x87 and vector registers while the processor does not. */
export const PP_BLOCK_FPU: u32 = 0xd8;
/** u64: The same for its fail callback. */
export const PP_BLOCK_FAIL_FPU: u32 = 0xe0;
/** u64: The entries, bit by bit, by which its table shows the direct map of `view`. */
export const PP_BLOCK_SHOWN: u32 = 0xe8;
/** u64: Pages of its linear memory here, unless all processors share one. */
export const PP_BLOCK_MEMORY_PAGES: u32 = 0xf0;
/** u64: The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue. */
export const PP_BLOCK_OVERDUE: u32 = 0xf8;
/** u64[22]: Its registers at its last fault, as the entry of an exception pushes them. */
export const PP_BLOCK_FAULT_FRAME: u32 = 0x100;
/** u32: Its linear address. */
export const PP_BLOCK_EXTENSION: u32 = 0x1b0;
/** u32: Linear address of the VS that is active for it; 0: none. */
export const PP_BLOCK_ACTIVE_VS: u32 = 0x1b4;
/** u32: Identifier of the VM whose direct map it sees; INVALID_ID: none. */
export const PP_BLOCK_VIEW: u32 = 0x1b8;
/** u32: Context in which it failed, while context is CONTEXT_FAIL. */
export const PP_BLOCK_FAILED_CONTEXT: u32 = 0x1bc;
/** u32: Why it failed: BOOT_*, while context is CONTEXT_FAIL. */
export const PP_BLOCK_FAILED_STATUS: u32 = 0x1c0;
/** u32: Its detail: the vector of a fault. */
export const PP_BLOCK_FAILED_DETAIL: u32 = 0x1c4;
/** u32: PRESENCE_*: whether it takes messages. */
export const PP_BLOCK_PRESENCE: u32 = 0x1c8;
/** u32: Linear address of the extension that waits for its reply; 0: none. */
export const PP_BLOCK_CALLER: u32 = 0x1cc;
/** u32: CONTEXT_*: what it is being asked to do. Last: see PpBlock.work. */
export const PP_BLOCK_CONTEXT: u32 = 0x1d0;
/** u32: WORK_*: to be done before ring 3 or a guest is entered again. Behind context, so that one look tells of both. */
export const PP_BLOCK_WORK: u32 = 0x1d4;
/** u64: Physical address of the loaded VS's VMCB. */
export const PP_BLOCK_VMCB: u32 = 0x1d8;
/** u64: The same in the direct map. */
export const PP_BLOCK_VMCB_VIRTUAL: u32 = 0x1e0;
/** u64: Physical address of the VMCB that holds the host's VMLOAD state. */
export const PP_BLOCK_HOST_VMCB: u32 = 0x1e8;
/** u64: Physical address of what the processor keeps for itself: AMD's host save area, Intel's VMXON region. */
export const PP_BLOCK_HOST_AREA: u32 = 0x1f0;
/** u32. */
export const PP_BLOCK_PPID: u32 = 0x1f8;
/** u32: Linear address of the VS whose other registers the processor holds; 0: none. */
export const PP_BLOCK_LOADED_VS: u32 = 0x1fc;
/** u32: 1 while ring 3 runs or is about to: another processor that wants something must wait. */
export const PP_BLOCK_IN_USER: u32 = 0x200;
/** u32: 1 when CPUID faulted in the operating system's programs as the processor came. */
export const PP_BLOCK_CPUID_FAULTING: u32 = 0x204;
/** u32: AMD: 1 when NMIs come through while ring 3 runs; see entry.S. */
export const PP_BLOCK_NMIS_OPEN: u32 = 0x208;
/** u32: AMD: 1 when the ways in and out are those that look: NMIs come through, or there are mitigations. */
export const PP_BLOCK_CAREFUL: u32 = 0x20c;
/** u32: MITIGATION_* in force, those for what runs now among them. */
export const PP_BLOCK_MITIGATIONS: u32 = 0x210;
/** u32: KICK_*: whose NMI is on its way to this processor, or may come. */
export const PP_BLOCK_KICK: u32 = 0x214;
/** u64: Counts, while the processor is watched, how often it has come from a VM to ring 3. */
export const PP_BLOCK_STRETCH: u32 = 0x218;
/** u64: The time from which on it is overdue, by its time stamp counter; 0: nobody measures. */
export const PP_BLOCK_WATCH_DUE: u32 = 0x220;
/** u64: When it looks at the other processors again, by its time stamp counter. */
export const PP_BLOCK_NEXT_LOOK: u32 = 0x228;
/** u64: What the operating system had in the performance counter that watches, while it does. */
export const PP_BLOCK_COUNTER_CONTROL: u32 = 0x230;
/** u64. */
export const PP_BLOCK_COUNTER_VALUE: u32 = 0x238;
/** u64. */
export const PP_BLOCK_COUNTER_GLOBAL: u32 = 0x240;
/** u64. */
export const PP_BLOCK_COUNTER_ENTRY: u32 = 0x248;
/** u64: Identifier of the VM whose VS was loaded last. */
export const PP_BLOCK_LOADED_VM: u32 = 0x250;
/** u64: Where SYSCALL leads in host mode. */
export const PP_BLOCK_CALL_ENTRY: u32 = 0x258;
/** u64: SPEC_CTRL in host mode, like the next two with MITIGATION_SPEC_CTRL. */
export const PP_BLOCK_HOST_SPEC_CTRL: u32 = 0x260;
/** u64: The loaded VS's, while it does not run. */
export const PP_BLOCK_GUEST_SPEC_CTRL: u32 = 0x268;
/** u64: What the operating system came with. */
export const PP_BLOCK_OS_SPEC_CTRL: u32 = 0x270;
/** u64: Where an intrinsic leaves a second result. */
export const PP_BLOCK_SCRATCH: u32 = 0x278;
/** u64: ppid and onlinePps as the TCB shows them. */
export const PP_BLOCK_TCB_IDS1: u32 = 0x280;
/** u64: Object for the x87 and vector registers that the operating system entered with. */
export const PP_BLOCK_BOOT_FPU: u32 = 0x288;
/** u64: Object whose x87 and vector registers the processor has; 0: nobody's. */
export const PP_BLOCK_FPU_OWNER: u32 = 0x290;
/** u64: The reason that goes the short way: CPUID's, or none while it may fault in programs of the loaded VS. */
export const PP_BLOCK_PLAIN_EXIT: u32 = 0x298;
/** u64: Intel: physical address of the VMCS that NMIs are armed in, the loaded VS's; 0: none is current. */
export const PP_BLOCK_VMCS: u32 = 0x2a0;
/** u64: Intel: a guest's register that host mode has changed or may change, saved at each exit. */
export const PP_BLOCK_GUEST_CR2: u32 = 0x2a8;
/** u64: The same, like the next three. */
export const PP_BLOCK_GUEST_DR6: u32 = 0x2b0;
/** u64. */
export const PP_BLOCK_GUEST_STAR: u32 = 0x2b8;
/** u64. */
export const PP_BLOCK_GUEST_LSTAR: u32 = 0x2c0;
/** u64. */
export const PP_BLOCK_GUEST_FMASK: u32 = 0x2c8;
/** u32: Intel: ENTRY_*, what the next entry has to do besides VMRESUME. */
export const PP_BLOCK_ENTRY_WORK: u32 = 0x2d0;
/** u32: AMD: the address space identifier that a VS got last, 0 before; see amd/address-space.ts. */
export const PP_BLOCK_LAST_SPACE: u32 = 0x2d4;
/** u32: AMD: how often their numbers have begun anew. */
export const PP_BLOCK_SPACE_GENERATION: u32 = 0x2d8;
/** u32: Intel: 1 when TR has been loaded again since the last exit, which cuts the I/O permissions off. */
export const PP_BLOCK_PORTS_OPEN: u32 = 0x2dc;
/** u64[17]: The machine's, while the loaded VS has its own: by the rows of own-msrs.ts. */
export const PP_BLOCK_MACHINE_MSRS: u32 = 0x2e0;
/** Size of the structure. */
export const PP_BLOCK_BYTES: u32 = 0x368;

// Seat.presence

/** Its bootstrap callback is still to come. */
export const PRESENCE_NEW: u32 = 0x0;
/** It takes a message. */
export const PRESENCE_READY: u32 = 0x1;
/** In a callback, or waiting for a reply. */
export const PRESENCE_BUSY: u32 = 0x2;
/** It failed for good on this processor. */
export const PRESENCE_DEAD: u32 = 0x3;

// What the kernel keeps about one extension on one processor

/** u64: Saved by the entry of a system call, like the next nine. */
export const SEAT_USER_RSP: u32 = 0x0;
/** u64. */
export const SEAT_USER_RIP: u32 = 0x8;
/** u64. */
export const SEAT_USER_RFLAGS: u32 = 0x10;
/** u64: RDI, and REG0 of the result. */
export const SEAT_REG0: u32 = 0x18;
/** u64: RSI, and REG1 of the result. */
export const SEAT_REG1: u32 = 0x20;
/** u64: RDX, and REG2 of the result. */
export const SEAT_REG2: u32 = 0x28;
/** u64: R10, and REG3 of the result. */
export const SEAT_REG3: u32 = 0x30;
/** u64: R8. */
export const SEAT_REG4: u32 = 0x38;
/** u64: R9. */
export const SEAT_REG5: u32 = 0x40;
/** u64: RAX of the result. */
export const SEAT_STATUS: u32 = 0x48;
/** u64: Saved with the five behind it while another extension runs. */
export const SEAT_USER_RBX: u32 = 0x50;
/** u64. */
export const SEAT_USER_RBP: u32 = 0x58;
/** u64. */
export const SEAT_USER_R12: u32 = 0x60;
/** u64. */
export const SEAT_USER_R13: u32 = 0x68;
/** u64. */
export const SEAT_USER_R14: u32 = 0x70;
/** u64. */
export const SEAT_USER_R15: u32 = 0x78;
/** u64: Where ACTION_UPCALL enters ring 3. */
export const SEAT_UPCALL_RIP: u32 = 0x80;
/** u64. */
export const SEAT_UPCALL_RSP: u32 = 0x88;
/** u64: RDI of the callback. */
export const SEAT_UPCALL_REG0: u32 = 0x90;
/** u64: RSI of the callback. */
export const SEAT_UPCALL_REG1: u32 = 0x98;
/** u64: RDX of the callback. */
export const SEAT_UPCALL_REG2: u32 = 0xa0;
/** u64: R10 of the callback. */
export const SEAT_UPCALL_REG3: u32 = 0xa8;
/** u64: R8 of the callback. */
export const SEAT_UPCALL_REG4: u32 = 0xb0;
/** u64: extid, vmid, vpid and vsid as the TCB shows them. */
export const SEAT_TCB_IDS0: u32 = 0xb8;
/** u64: Physical address of its top-level page table on this processor. */
export const SEAT_ROOT: u32 = 0xc0;
/** u64: The same of the one that ring 3 runs on where the kernel is isolated; 0: on the same. */
export const SEAT_USER_ROOT: u32 = 0xc8;
/** u64: Physical address of its TCB on this processor. */
export const SEAT_TCB: u32 = 0xd0;
/** u64: Object that holds its x87 and vector registers while the processor does not. */
export const SEAT_FPU: u32 = 0xd8;
/** u64: The same for its fail callback. */
export const SEAT_FAIL_FPU: u32 = 0xe0;
/** u64: The entries, bit by bit, by which its table shows the direct map of `view`. */
export const SEAT_SHOWN: u32 = 0xe8;
/** u64: Pages of its linear memory here, unless all processors share one. */
export const SEAT_MEMORY_PAGES: u32 = 0xf0;
/** u64: The stretch of host mode (PpBlock.stretch) in which its fail callback was last called as overdue. */
export const SEAT_OVERDUE: u32 = 0xf8;
/** u64[22]: Its registers at its last fault, as the entry of an exception pushes them. */
export const SEAT_FAULT_FRAME: u32 = 0x100;
/** u32: Its linear address. */
export const SEAT_EXTENSION: u32 = 0x1b0;
/** u32: Linear address of the VS that is active for it; 0: none. */
export const SEAT_ACTIVE_VS: u32 = 0x1b4;
/** u32: Identifier of the VM whose direct map it sees; INVALID_ID: none. */
export const SEAT_VIEW: u32 = 0x1b8;
/** u32: Context in which it failed, while context is CONTEXT_FAIL. */
export const SEAT_FAILED_CONTEXT: u32 = 0x1bc;
/** u32: Why it failed: BOOT_*, while context is CONTEXT_FAIL. */
export const SEAT_FAILED_STATUS: u32 = 0x1c0;
/** u32: Its detail: the vector of a fault. */
export const SEAT_FAILED_DETAIL: u32 = 0x1c4;
/** u32: PRESENCE_*: whether it takes messages. */
export const SEAT_PRESENCE: u32 = 0x1c8;
/** u32: Linear address of the extension that waits for its reply; 0: none. */
export const SEAT_CALLER: u32 = 0x1cc;
/** u32: CONTEXT_*: what it is being asked to do. Last: see PpBlock.work. */
export const SEAT_CONTEXT: u32 = 0x1d0;
/** u32. */
export const SEAT_RESERVED: u32 = 0x1d4;
/** Size of the structure. */
export const SEAT_BYTES: u32 = 0x1d8;

// PpBlock.work

/** Host translations have become stale. */
export const WORK_FLUSH_HOST: u32 = 0x1;
/** At the next exit the guest's translations are flushed: take the request out of the VMCB. */
export const WORK_END_FLUSH: u32 = 0x2;
/** Translations of guests have become stale: flushed before one is entered. */
export const WORK_FLUSH_GUESTS: u32 = 0x8;
/** The extension has taken the x87 and vector registers: before a guest runs, they are its own again. */
export const WORK_FPU: u32 = 0x10;
/** Always there while processors are watched: time is measured, and the fast way never taken. */
export const WORK_WATCH: u32 = 0x20;
/** Always there while there are mitigations: the fast way is never taken. */
export const WORK_MITIGATE: u32 = 0x40;
/** The debug level asks for a record of every exit. */
export const WORK_LOG: u32 = 0x4;
/** Memory is to come or to go: the driver is told by an NMI. */
export const WORK_SIGNAL: u32 = 0x80;
/** Kicked: whoever's VS would be entered next gets EXIT_KICK instead. */
export const WORK_KICK: u32 = 0x100;
/** The same for the extension that owns the root VM, where another's VM ran when the kick came. */
export const WORK_KICK_OWNER: u32 = 0x200;
/** The callback that runs was entered for EXIT_KICK: there is no instruction to skip. */
export const WORK_KICKED: u32 = 0x400;
