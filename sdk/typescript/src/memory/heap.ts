// How much managed objects take; native/managed.c knows

/** Bytes of all managed objects of this processor that were not freed. */
export declare function heapBytes(): u32;

/** Whether the heap could not grow since this was asked last. */
export declare function heapWasExhausted(): bool;
