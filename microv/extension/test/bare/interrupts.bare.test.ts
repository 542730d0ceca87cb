import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { machines } from "../../../../kernel/test/bare/expected.ts";
import { ended, page, VM, VS } from "./made.ts";
import { scratch, slot } from "./script.ts";
import { counters, DEVICES, enable, guest, halt, madeWithChips, out, STI, wrmsr, wrmsrWide } from "./with-chips.ts";

const OTHER_VP = slot(4);
const OTHER_VS = slot(5);
const otherPage = (offset: number): bigint => slot(6, offset);

it.each(machines)("gives a guest interrupts: of its own, of its timer, of devices (%s)", async (machine) => {
  const code = [
    ...enable,
    STI,
    ...wrmsr(0x83f, 0x40), // to itself
    ...wrmsr(0x832, 0x40041), // the timer: TSC_DEADLINE
    ...wrmsr(0x6e0, 1), // it has passed
    ...out(0x80),
    ...halt,
  ];
  const script = guest(madeWithChips(mv.MV_IRQCHIP_FULL), code)
    .call(mv.MV_VS_RUN, VS)
    .peek(counters)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_MP_STATE))
    // Nothing has come
    .call(mv.MV_VS_RUN, VS)
    .call(mv.MV_VM_MSI, VM, DEVICES, 0x40)
    .call(mv.MV_VM_MSI, VM, DEVICES, 0x40)
    .call(mv.MV_VS_RUN, VS)
    .peek(counters)
    // Pin 4 of the I/O APIC: vector 41h, by edge, not masked
    .call(mv.MV_VM_IO_APIC_WRITE, VM, 0, 0x18)
    .call(mv.MV_VM_IO_APIC_WRITE, VM, 0x10, 0x41)
    .call(mv.MV_VM_IRQ_LINE, VM, mv.MV_CHIP_IO_APIC, 4, 1)
    .call(mv.MV_VM_IRQ_LINE, VM, mv.MV_CHIP_IO_APIC, 4, 1)
    .call(mv.MV_VS_RUN, VS)
    .peek(counters);
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  const [io, halted, again, first, second, run, , , line, sameLine, last] = answers.slice(9);
  expect([io, halted, again, run, last].map((answer) => Number(answer?.r10))).toEqual([
    mv.MV_EXIT_IO,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_HLT,
  ]);
  // Whom to wake, and how many have taken it
  expect([first, second, line, sameLine].map((answer) => [answer?.r10, answer?.r11])).toEqual([
    [1n, 1n],
    [0n, 1n],
    [1n, 1n],
    [0n, 0n],
  ]);
  const [atFirst, state, behindMessages, behindLine] = peeks.map(([value = -1n]) => value & 0xffff_ffffn);
  expect([atFirst, behindMessages, behindLine]).toEqual([0x1_0001n, 0x1_0002n, 0x2_0002n]);
  expect(state).toBe(BigInt(mv.MV_MP_HALTED));
});

it.each(machines)(
  "has an NMI that a guest sends itself at once, and hides a local APIC that it disables (%s)",
  async (machine) => {
    const code = [
      ...enable,
      ...wrmsrWide(0x830, 0, 0x4400), // an NMI to number 0
      ...out(0x80),
      ...wrmsr(0x1b, 0xfee0_0100), // disabled
      ...[0x66, 0xb8, 1, 0, 0, 0, 0x0f, 0xa2], // mov eax, 1; cpuid
      ...[0x66, 0x89, 0x16, 0x04, 0x06], // mov [604h], edx
      ...out(0x80),
    ];
    let script = madeWithChips(mv.MV_IRQCHIP_FULL);
    // CPUID leaf 1, all of ECX and EDX
    for (const [index, value] of [
      [0, 1n],
      [1, 0n],
      [2, 0xffff_ffffn << 32n],
      [3, 0xffff_ffffn],
    ] as const)
      script = script.poke(page(mv.MV_PAGE_LIST + 8 * index), value);
    script = guest(script.poke(page(mv.MV_PAGE_LIST_COUNT), 1).call(mv.MV_VS_CPUID_SET_LIST, VS, 0), code)
      .poke(scratch(0x1000 + 4 * 2), 0x1400n)
      .call(mv.MV_VS_RUN, VS)
      .peek(counters)
      .call(mv.MV_VS_RUN, VS)
      .peek(counters);
    const { answers, peeks, ...result } = await ended(script).play({ machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
    const [behindNmi = 0n, behindCpuid = 0n] = peeks.map(([value = -1n]) => value);
    expect(behindNmi & 0xffffn).toBe(1n);
    expect(behindCpuid >> 32n).toBe(0xffff_fdffn);
  },
);

it.each(machines)("starts another processor by INIT and SIPI (%s)", async (machine) => {
  const code = [
    ...enable,
    ...wrmsrWide(0x830, 1, 0x4500), // INIT to number 1
    ...wrmsrWide(0x830, 1, 0x4602), // SIPI: 2000h
    ...halt,
  ];
  const script = guest(
    madeWithChips(mv.MV_IRQCHIP_FULL)
      .call(mv.MV_VP_CREATE, VM)
      .keep(4, 0)
      .call(mv.MV_VS_CREATE, OTHER_VP)
      .keep(5, 0)
      .keep(6, 1)
      .call(mv.MV_VS_APIC_CREATE, OTHER_VS, 1)
      // No boot processor
      .poke(otherPage(mv.MV_PAGE_LIST), mv.MV_REG_APIC_BASE)
      .poke(otherPage(mv.MV_PAGE_LIST + 8), 0xfee0_0800)
      .poke(otherPage(mv.MV_PAGE_LIST_COUNT), 1)
      .call(mv.MV_VS_REG_SET_LIST, OTHER_VS)
      .poke(otherPage(mv.MV_PAGE_MP_STATE & ~7), BigInt(mv.MV_MP_UNINITIALIZED) << 32n),
    code,
  )
    // The other one: out 81h, al; hlt
    .bytes(scratch(0), [...out(0x81), 0xf4])
    .call(mv.MV_VS_RUN, OTHER_VS)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_WAKE))
    .call(mv.MV_VS_RUN, OTHER_VS)
    .peek(otherPage(mv.MV_PAGE_MP_STATE & ~7))
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_WAKE))
    .call(mv.MV_VS_RUN, OTHER_VS)
    .peek(otherPage(mv.MV_PAGE_PORT & ~7))
    .call(mv.MV_VS_DESTROY, OTHER_VS)
    .call(mv.MV_VP_DESTROY, OTHER_VP);
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  expect(answers.slice(13, 18).map(({ r10 }) => Number(r10))).toEqual([
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_WAKE,
    mv.MV_EXIT_HLT,
    mv.MV_EXIT_WAKE,
    mv.MV_EXIT_IO,
  ]);
  const [wakeForInit, state = 0n, wakeForSipi, port = 0n] = peeks.map(([value = -1n]) => value);
  expect([wakeForInit, state >> 32n, wakeForSipi, port & 0xffffn]).toEqual([
    2n,
    BigInt(mv.MV_MP_INIT_RECEIVED),
    2n,
    0x81n,
  ]);
});

it.each(machines)("tells of each deadline before the guest runs (%s)", async (machine) => {
  const longest = 0x7fff_ffff;
  const script = guest(madeWithChips(mv.MV_IRQCHIP_FULL), halt)
    .call(mv.MV_VS_APIC_WRITE, VS, 0xf0, 0x1ff)
    .call(mv.MV_VS_APIC_WRITE, VS, 0x320, 0x2_0040) // periodic
    .call(mv.MV_VS_APIC_WRITE, VS, 0x380, longest)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DEADLINE))
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DEADLINE))
    // Another one
    .call(mv.MV_VS_APIC_WRITE, VS, 0x380, longest - 1)
    .call(mv.MV_VS_RUN, VS)
    .call(mv.MV_VS_RUN, VS)
    // Masked: nobody has to wait for it
    .call(mv.MV_VS_APIC_WRITE, VS, 0x320, 0x3_0040)
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DEADLINE));
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  const runs = [3, 4, 6, 7, 9].map((index) => Number(answers[9 + index]?.r10));
  expect(runs).toEqual([mv.MV_EXIT_TIMER, mv.MV_EXIT_HLT, mv.MV_EXIT_TIMER, mv.MV_EXIT_HLT, mv.MV_EXIT_HLT]);
  const [told, kept, masked] = peeks.map(([value = -1n]) => value);
  expect([told !== 0n, kept === told, masked]).toEqual([true, true, 0n]);
});

it.each(machines)("keeps the 8259 pair's ports from the caller, wider ones too (%s)", async (machine) => {
  const code = [
    ...[0xb0, 0xff, 0xe6, 0x21], // mov al, ffh; out 21h, al
    ...[0xba, 0xd0, 0x04, 0x90, 0xb0, 0x20, 0xee], // mov dx, 4d0h; mov al, 20h, not last in a word (script.ts); out dx, al
    ...[0x66, 0x83, 0xc8, 0xff], // or eax, -1
    ...[0x66, 0xef, 0x66, 0xed], // out dx, eax; in eax, dx: 0
    ...[0x66, 0xa3, 0x00, 0x06], // mov [600h], eax
    ...[0x48, 0xef, 0x40, 0xed], // dec ax; out dx, ax; inc ax; in ax, dx: 0
    ...[0xa3, 0x04, 0x06], // mov [604h], ax
    ...[0xec, 0xa2, 0x06, 0x06], // in al, dx; mov [606h], al: what was written
    ...[0xe4, 0x21, 0xa2, 0x07, 0x06], // in al, 21h; mov [607h], al
    ...halt,
  ];
  const script = guest(madeWithChips(mv.MV_IRQCHIP_FULL), code)
    .poke(counters, 0x1111_1111_1111_1111n)
    .call(mv.MV_VS_RUN, VS)
    .peek(counters);
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(Number(answers[9]?.r10)).toBe(mv.MV_EXIT_HLT);
  expect(peeks).toEqual([[0xff20_0000_0000_0000n]]);
});

it.each(machines)("holds interrupts back until the guest takes them (%s)", async (machine) => {
  const code = [
    ...[...enable, ...wrmsr(0x83f, 0x40), ...out(0x80)], // IF is clear
    ...[STI, ...out(0x81), ...out(0x82)], // the first one is in the shadow of STI
    ...[...wrmsr(0x808, 0x50), ...wrmsr(0x83f, 0x40), ...wrmsr(0x83f, 0x41), ...out(0x83)], // priority
    ...[...wrmsr(0x808, 0x3f), ...out(0x84)],
    ...[...wrmsr(0x80f, 0xff), ...wrmsr(0x83f, 0x40), ...out(0x85)], // disabled
    ...[...wrmsr(0x80f, 0x1ff), ...wrmsr(0x83f, 0x41), ...out(0x86)],
  ];
  const script = guest(madeWithChips(mv.MV_IRQCHIP_SPLIT), code);
  const ports = [0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86];
  for (const _ of ports) {
    script
      .call(mv.MV_VS_RUN, VS)
      .peek(page(mv.MV_PAGE_PORT & ~7))
      .peek(counters);
  }
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.slice(9, 9 + ports.length).map(({ r10 }) => Number(r10))).toEqual(ports.map(() => mv.MV_EXIT_IO));
  const seen = peeks.map(([value = -1n]) => value);
  expect(seen.filter((_, index) => index % 2 === 0).map((port) => Number(port & 0xffffn))).toEqual(ports);
  expect(seen.filter((_, index) => index % 2 === 1)).toEqual([0n, 0n, 1n, 1n, 0x1_0002n, 0x1_0002n, 0x2_0002n]);
});
