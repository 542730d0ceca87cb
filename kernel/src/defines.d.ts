// What a part's "defines" in package.json may name; only isDefined() looks at it

/** The kernel checks what its own code does with memory (memory/object-checks.ts). */
declare const MEMORY_CHECKS: bool;
