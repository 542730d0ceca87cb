// How fast the time stamp counter runs, by the second counter of the programmable interval timer (Intel 8254)

import { inb, outb, rdtsc } from "./board";

const PORT_COUNTER_2: u32 = 0x42;
const PORT_MODE: u32 = 0x43;
/** Bit 0: counter 2 runs; bit 1: the loudspeaker; bit 5: counter 2 has run out. */
const PORT_GATE: u32 = 0x61;
const GATE_OPEN: u32 = 1;
const GATE_SPEAKER: u32 = 2;
const GATE_OUT: u32 = 1 << 5;
/** Counter 2, both bytes, mode 0: out when it reaches 0. */
const MODE: u32 = 0xb0;
/** 10 ms at 1,193,182 Hz. */
const COUNT: u32 = 11_932;
const COUNT_MS: u64 = 10;

/** Ticks in a millisecond. */
export function measureKhz(): u32 {
  outb(PORT_GATE, (inb(PORT_GATE) & ~GATE_SPEAKER) | GATE_OPEN);
  outb(PORT_MODE, MODE);
  outb(PORT_COUNTER_2, COUNT & 0xff);
  outb(PORT_COUNTER_2, COUNT >> 8);
  const begin = rdtsc();
  while ((inb(PORT_GATE) & GATE_OUT) === 0) {}
  return <u32>((rdtsc() - begin) / COUNT_MS);
}
