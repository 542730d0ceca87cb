// Objects that are no more than a number, as references: none of them is null
//
// Such a class has no fields, so a reference to one leads nowhere. `X | null` is null where its bits are 0, and an identifier
// may be 0: a reference is the identifier plus 1. Null, used all the same, has an identifier that the microkernel refuses.

/** A reference to the one object of a class that has one. */
export const SINGLETON: usize = 1;

/** The reference that stands for an identifier; for changetype. */
export function handleOf(id: u32): usize {
  return <usize>(id + 1);
}

/** The identifier that a reference stands for. */
export function idOf(handle: usize): u32 {
  return <u32>handle - 1;
}
