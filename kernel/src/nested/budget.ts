// What a call on nested page tables may still do, and whether processors must flush when it is done

/** Entries that a call may touch: some ten microseconds. */
const CALL_ENTRIES: i32 = 4096;

let left: i32 = 0;
let stale: bool = false;

/** Begins a call. */
export function openBudget(): void {
  left = CALL_ENTRIES;
  stale = false;
}

/** Whether the call may go on. */
export function hasBudget(): bool {
  return left > 0;
}

/** So many entries were touched. */
export function spend(entries: i32): void {
  left -= entries;
}

/** Something changed that a processor may have kept. */
export function markStale(): void {
  stale = true;
}

/** Whether processors must flush before their VSs see memory by the tables as they are now; whoever asks has them flush. */
export function takeStale(): bool {
  const isStale = stale;
  stale = false;
  return isStale;
}
