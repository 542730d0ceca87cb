import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { machines } from "../../../../kernel/test/bare/expected.ts";
import { ended, page, VM, VS } from "./made.ts";
import { type Script, scratch } from "./script.ts";
import { counters, DEVICES, enable, guest, halt, madeWithChips, STI } from "./with-chips.ts";

const MASTER = mv.MV_CHIP_PIC_MASTER;
const IO_APIC = mv.MV_CHIP_IO_APIC;
/** Calls of madeWithChips() and guest(). */
const MADE = 9;

const play = async (script: Script, machine: (typeof machines)[number]) => {
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  const answersOf = (...calls: number[]) => calls.map((call) => [answers[MADE + call]?.r10, answers[MADE + call]?.r11]);
  const reasons = (...calls: number[]) => calls.map((call) => Number(answers[MADE + call]?.r10));
  return { answersOf, reasons, peeks: peeks.map(([value = -1n]) => value) };
};

/** mov al, value; out port, al. */
const outb = (port: number, value: number): number[] => [0xb0, value, 0xe6, port];
/** inc byte [counter]; ends at the slave, for its lines, and at the master; iret. */
const picHandler = (counter: number, isSlave: boolean): number[] => [
  ...[0xfe, 0x06, counter & 0xff, counter >> 8],
  ...[0xb0, 0x20, ...(isSlave ? [0xe6, 0xa0] : []), 0xe6, 0x20],
  0xcf,
];
/** As Linux does it, with vectors from 40h and 48h; line 5 is level-triggered. */
const initialize = [
  ...[...outb(0x20, 0x11), ...outb(0x21, 0x40), ...outb(0x21, 4), ...outb(0x21, 1)],
  ...[...outb(0xa0, 0x11), ...outb(0xa1, 0x48), ...outb(0xa1, 2), ...outb(0xa1, 1)],
  ...[0x90, 0x90, 0xba, 0xd0, 0x04, ...outb(0, 0x20).slice(0, 2), 0xee], // mov dx, 4d0h; mov al, 20h; out dx, al
];

it.each(machines)("gives a guest the interrupts of the 8259 pair, with vectors of its own (%s)", async (machine) => {
  const line = (number: number, level: number, source = 0): [number, ...(number | bigint | typeof VM)[]] => [
    mv.MV_VM_IRQ_LINE,
    VM,
    MASTER,
    number | source,
    level,
  ];
  const script = guest(madeWithChips(mv.MV_IRQCHIP_FULL), [...initialize, STI, ...halt])
    .bytes(scratch(0x480), picHandler(0x604, false))
    .bytes(scratch(0x4c0), picHandler(0x605, true))
    .bytes(scratch(0x500), picHandler(0x606, false))
    .poke(scratch(0x1000 + 4 * 0x44), 0x1480n | (0x1500n << 32n))
    .poke(scratch(0x1000 + 4 * 0x48), 0x14c0n << 32n)
    .call(mv.MV_VS_RUN, VS)
    // An edge, twice
    .call(...line(4, 1))
    .call(...line(4, 1))
    .call(mv.MV_VS_RUN, VS)
    .call(mv.MV_VS_RUN, VS)
    // One of the slave's
    .call(...line(9, 1))
    .call(mv.MV_VS_RUN, VS)
    .peek(counters)
    // A level that ends with its interrupt
    .call(...line(5, 1, mv.MV_SOURCE_RESAMPLED))
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DATA))
    .call(mv.MV_VS_RUN, VS)
    .peek(counters);
  const { answersOf, reasons, peeks } = await play(script, machine);
  expect(answersOf(1, 2, 5, 7)).toEqual([
    [1n, 1n],
    [0n, 0n],
    [1n, 1n],
    [1n, 1n],
  ]);
  expect(reasons(0, 3, 4, 6, 8, 9)).toEqual([
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_EOI,
    mv.MV_EXIT_HLT,
  ]);
  expect(peeks).toEqual([0x0101_0000_0000n, 1n << 37n, 0x01_0101_0000_0000n]);
});

it.each(machines)("tells of the ends of level-triggered interrupts (%s)", async (machine) => {
  const script = guest(madeWithChips(mv.MV_IRQCHIP_FULL), [...enable, STI, ...halt])
    .call(mv.MV_VS_RUN, VS)
    // Pin 10: vector 41h, level
    .call(mv.MV_VM_IO_APIC_WRITE, VM, 0, 0x24)
    .call(mv.MV_VM_IO_APIC_WRITE, VM, 0x10, 0x8041)
    .call(mv.MV_VM_IRQ_LINE, VM, IO_APIC, 10 | mv.MV_SOURCE_RESAMPLED, 1)
    .call(mv.MV_VM_IRQ_LINE, VM, IO_APIC, 10 | mv.MV_SOURCE_RESAMPLED, 1)
    .call(mv.MV_VM_IO_APIC_READ, VM, 0x10)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DATA))
    .call(mv.MV_VM_IO_APIC_READ, VM, 0x10)
    .call(mv.MV_VS_RUN, VS)
    .peek(counters);
  const { answersOf, reasons, peeks } = await play(script, machine);
  expect(answersOf(3, 4)).toEqual([
    [1n, 1n],
    [0n, 0n],
  ]);
  // Remote IRR until the end
  expect(reasons(0, 5, 6, 7, 8)).toEqual([mv.MV_EXIT_HLT, 0xc041, mv.MV_EXIT_EOI, 0x8041, mv.MV_EXIT_HLT]);
  expect(peeks).toEqual([1n << 10n, 0x1_0000n]);
});

it.each(machines)("tells of the vectors of level-triggered interrupts, if it has no I/O APIC (%s)", async (machine) => {
  const script = guest(madeWithChips(mv.MV_IRQCHIP_SPLIT), [...enable, STI, ...halt])
    .call(mv.MV_VS_RUN, VS)
    .call(mv.MV_VM_MSI, VM, DEVICES, 0x40)
    .call(mv.MV_VS_RUN, VS)
    .call(mv.MV_VM_MSI, VM, DEVICES, 0xc041)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_VECTOR & ~7))
    .call(mv.MV_VS_RUN, VS)
    .peek(counters);
  const { reasons, peeks } = await play(script, machine);
  expect(reasons(0, 2, 4, 5)).toEqual([mv.MV_EXIT_HLT, mv.MV_EXIT_HLT, mv.MV_EXIT_EOI, mv.MV_EXIT_HLT]);
  const shift = BigInt(8 * (mv.MV_PAGE_VECTOR & 7));
  expect([((peeks[0] ?? 0n) >> shift) & 0xffff_ffffn, peeks[1]]).toEqual([0x41n, 0x1_0001n]);
});
