// Which nested page tables a VS uses, so that its physical addresses can be followed
//
// 64 places by the identifiers' low bits. A VS that lost its place to another one has no tables here: nothing of its
// memory is read or written then.

const places: usize = memory.data(64 * 8, 8);
const PLACE_MASK: u32 = 63;

/** Remembers that a VS uses tables. */
export function rememberTables(vsid: u32, tables: u32): void {
  store<u64>(placeOf(vsid), ((<u64>vsid + 1) << 32) | (<u64>tables + 1));
}

/** A VS uses none any more. */
export function forgetTables(vsid: u32): void {
  if (<u32>(load<u64>(placeOf(vsid)) >> 32) == vsid + 1) store<u64>(placeOf(vsid), 0);
}

/** The identifier of a VS's tables, plus 1; 0 when it has none that are known. */
export function tablesOf(vsid: u32): u32 {
  const place = load<u64>(placeOf(vsid));
  return <u32>(place >> 32) == vsid + 1 ? <u32>place : 0;
}

function placeOf(vsid: u32): usize {
  return places + <usize>((vsid & PLACE_MASK) << 3);
}
