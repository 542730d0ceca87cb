// Numbers and text as bytes, without allocation
//
//     writeText(console, "PP ");
//     writeDecimal(console, ppid);
//     writeText(console, " at 0x");
//     writeHex(console, rip, 16);
//
// A sink is any object with a method put(byte). The compiler makes a copy of each function per class of sink, so put()
// is a direct call and usually vanishes.

/** Where bytes go. `@unmanaged` classes need only the method: they must not say `implements`. */
export interface ByteSink {
  put(byte: u8): void;
}

/** Writes a string, one byte per character; characters beyond ASCII become question marks. */
export function writeText<S extends ByteSink>(sink: S, text: string): void {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit: i32 = text.charCodeAt(i);
    sink.put(unit < 0x80 ? <u8>unit : 0x3f);
  }
}

/** Writes an unsigned number in decimal. */
export function writeDecimal<S extends ByteSink>(sink: S, value: u64): void {
  let divisor: u64 = 1;
  while (value / divisor >= 10) divisor *= 10;
  while (divisor !== 0) {
    sink.put(<u8>(0x30 + ((value / divisor) % 10)));
    divisor /= 10;
  }
}

/** Writes a signed number in decimal. */
export function writeSigned<S extends ByteSink>(sink: S, value: i64): void {
  if (value < 0) sink.put(0x2d);
  writeDecimal<S>(sink, value < 0 ? 0 - <u64>value : <u64>value);
}

/** Writes a number in hexadecimal, lower case, without prefix, with leading zeros up to `digits` (0 or 1: none). */
export function writeHex<S extends ByteSink>(sink: S, value: u64, digits: u32): void {
  const needed: u32 = (67 - <u32>clz<u64>(value | 1)) / 4;
  let left: u32 = needed > digits ? needed : digits;
  while (left > 16) {
    sink.put(0x30);
    left--;
  }
  while (left !== 0) {
    left--;
    const digit: u64 = (value >> (left * 4)) & 15;
    sink.put(<u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
}
