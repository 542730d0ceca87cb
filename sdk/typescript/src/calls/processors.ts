// Words that all processors of the extension share, for the SDK's own use; processors.h implements them
//
// All of these are for the atomic operations.

/** Address of the number of processors that are inside. */
export declare function runningProcessors(): u64;

/** Address of a processor's word: where its mailbox is, or 0. */
export declare function mailboxWord(ppid: u32): u64;

/** Address of what is known of a processor's local APIC: four words (apic/known.ts). */
export declare function apicWords(ppid: u32): u64;
