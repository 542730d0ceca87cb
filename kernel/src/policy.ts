// Which calls an extension may make: one bit for each call, a word for each group

const GROUPS: u32 = 16;

/** Bit n of word g: call n of group g is denied. Without a policy nothing is. */
const denied: usize = memory.data(4 * 16, 4);

/** Whether the extension may make a call, which exists. */
export function mayCall(call: u32): bool {
  const group = call >> 16;
  return group >= GROUPS || ((load<u32>(denied + <usize>(group * 4)) >> (call & 31)) & 1) == 0;
}
