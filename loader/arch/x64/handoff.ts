// The way into host mode and out of it: handoff.S

/** Leaves for the kernel. Returns 0 in the VM, or the kernel's BOOT_* status, having never been in one. */
export declare function demote(state: u64): u64;
/** Where the hand-off code's page lies in the operating system's address space. */
export declare function page(): u64;
