// Registers that are narrower than the 64 bits of a call's argument

/** Whether a value has bits that a register of so many bytes does not have. */
export function isTooWide(value: u64, bytes: u32): bool {
  return bytes < 8 && value >> (bytes * 8) != 0;
}
