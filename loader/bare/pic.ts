// The two interrupt controllers, which the firmware leaves on: their timer's interrupt waits for whoever takes interrupts

import { outb } from "./board";

/** Data ports: masks. */
const PORT_PIC_1: u32 = 0x21;
const PORT_PIC_2: u32 = 0xa1;

/** No device interrupts any more: nobody here handles that. */
export function maskInterrupts(): void {
  outb(PORT_PIC_1, 0xff);
  outb(PORT_PIC_2, 0xff);
}
