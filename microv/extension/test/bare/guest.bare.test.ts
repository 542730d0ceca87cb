import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { machines } from "../../../../kernel/test/bare/expected.ts";
import { ended, list, made, page, set, VM, VS, withHandler } from "./made.ts";
import { type Script, scratch } from "./script.ts";

it.each(machines)("runs 16-bit code, and tells its caller of ports, memory and the end (%s)", async (machine) => {
  const code = [
    0xba,
    0xf8,
    0x03, // mov dx, 3f8h
    0xb0,
    0x41, // mov al, 'A'
    0xee, // out dx, al
    0xe5,
    0x10, // in ax, 10h
    0xa3,
    0x00,
    0x20, // mov [2000h], ax
    0xf4, // hlt
  ];
  const script = ended(
    set(made().bytes(scratch(0), code), [
      [mv.MV_REG_CS_SELECTOR, 0],
      [mv.MV_REG_CS_BASE, 0],
      [mv.MV_REG_RIP, 0x1000],
      [mv.MV_REG_RAX, 0x1122_3344],
    ])
      .call(mv.MV_VM_MAP, VM, 0x1000, scratch(7), 0x1000)
      .call(mv.MV_VS_RUN, VS)
      .peek(page(0), 4)
      .call(mv.MV_VS_RUN, VS)
      .peek(page(0), 4)
      .poke(page(mv.MV_PAGE_DATA), 0xbeef)
      .call(mv.MV_VS_RUN, VS)
      .peek(page(0), 4)
      .call(mv.MV_VM_MAP, VM, 0x2000, scratch(0x1007), 0x1000)
      .call(mv.MV_VS_RUN, VS)
      .peek(scratch(0x1000)),
  );
  const { answers, peeks, ...result } = await script.play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  expect(answers.filter((_, index) => [5, 6, 7, 9].includes(index)).map(({ r10 }) => Number(r10))).toEqual([
    mv.MV_EXIT_IO,
    mv.MV_EXIT_IO,
    mv.MV_EXIT_MMIO,
    mv.MV_EXIT_HLT,
  ]);
  const [out = [], input = [], memory = [], [stored] = []] = peeks;
  expect(portOf(out)).toEqual({ data: 0x41, port: 0x3f8, bytes: 1, flags: 0 });
  expect(portOf(input)).toMatchObject({ port: 0x10, bytes: 2, flags: mv.MV_IO_IN });
  expect({ access: Number((memory[2] ?? 0n) >> 32n), address: Number(memory[3]) }).toEqual({
    access: mv.MV_ACCESS_WRITE,
    address: 0x2000,
  });
  // What the IN gave is what the guest has written
  expect(stored).toBe(0xbeefn);
});

const LSTAR = 0xc000_0082;

it.each(machines)("asks its caller about MSRs, and does what that says (%s)", async (machine) => {
  // mov ecx, LSTAR; rdmsr; wrmsr; rdmsr; hlt
  const code = [0x66, 0xb9, 0x82, 0x00, 0x00, 0xc0, 0x0f, 0x32, 0x0f, 0x30, 0x0f, 0x32, 0xf4];
  const run = (script: Script, request: number): Script =>
    script
      .poke(page(mv.MV_PAGE_REQUEST), request)
      .call(mv.MV_VS_RUN, VS)
      .peek(page(mv.MV_PAGE_DATA), 1)
      .peek(page(mv.MV_PAGE_PROCESSOR), 1);
  const options = mv.MV_OPTION_MSR_ASKED | mv.MV_OPTION_MSR_CLOSED;
  let script = withHandler(13, code).call(mv.MV_VM_CONFIGURE, VM, options);
  script = run(script, 0);
  script = run(script.poke(page(mv.MV_PAGE_DATA), (0x1234n << 32n) | 0x5678n), mv.MV_RUN_MSR_DONE);
  script = run(script, mv.MV_RUN_MSR_ALLOWED);
  // The guest has it, and does not run
  script = run(script.poke(page(mv.MV_PAGE_DATA), 0x77), mv.MV_RUN_MSR_DONE | mv.MV_RUN_STOP);
  script = list(script, [
    [mv.MV_REG_RAX, 0],
    [mv.MV_REG_RDX, 0],
    [mv.MV_REG_RIP, 0],
  ]).call(mv.MV_VS_REG_GET_LIST, VS);
  for (let i = 0; i < 3; i++) script.peek(page(mv.MV_PAGE_LIST + 16 * i + 8));
  script = list(script, [[LSTAR, 0]])
    .call(mv.MV_VS_MSR_GET_LIST, VS)
    .peek(page(mv.MV_PAGE_LIST + 8));
  script = run(list(script, [[mv.MV_REG_RIP, 0x1006]]).call(mv.MV_VS_REG_SET_LIST, VS), 0);
  script = run(script, mv.MV_RUN_MSR_FAULT);
  script = list(script, [[mv.MV_REG_RIP, 0]])
    .call(mv.MV_VS_REG_GET_LIST, VS)
    .peek(page(mv.MV_PAGE_LIST + 8));
  const { answers, peeks, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
  const runs = [7, 8, 9, 10, 14, 15].map((index) => Number(answers[index]?.r10));
  const ACCESS = mv.MV_EXIT_MSR_ACCESS;
  expect(runs).toEqual([ACCESS, ACCESS, ACCESS, mv.MV_EXIT_STOP, ACCESS, mv.MV_EXIT_HLT]);
  const words = peeks.map(([word = -1n]) => word);
  expect(words.slice(0, 6)).toEqual([
    0n,
    BigInt(LSTAR) << 32n,
    (0x1234n << 32n) | 0x5678n,
    BigInt(LSTAR) << 32n,
    0n,
    BigInt(LSTAR) << 32n,
  ]);
  expect(words.slice(8, 12)).toEqual([0x77n, 0n, 0x100cn, (0x1234n << 32n) | 0x5678n]);
  // Behind the handler's HLT
  expect(words.at(-1)).toBe(0x1101n);
});

const RFLAGS_IF_AND_TF = 0x302;

it.each(machines)(
  "has a guest step behind what its caller has carried out, before any interrupt (%s)",
  async (machine) => {
    // out 80h, al; hlt. The handler of #DB: hlt
    let script = withHandler(1, [0xe6, 0x80, 0xf4], [[mv.MV_REG_RFLAGS, RFLAGS_IF_AND_TF]])
      .call(mv.MV_VS_RUN, VS)
      .peek(page(0))
      .call(mv.MV_VS_RUN, VS);
    script = list(script, [[mv.MV_REG_RIP, 0]])
      .call(mv.MV_VS_REG_GET_LIST, VS)
      .peek(page(mv.MV_PAGE_LIST + 8))
      .peek(scratch(0xef8));
    const { answers, peeks, ...result } = await ended(script).play({ machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect([6, 7].map((index) => Number(answers[index]?.r10))).toEqual([mv.MV_EXIT_IO, mv.MV_EXIT_HLT]);
    const [state = 0n, rip = 0n, stack = 0n] = peeks.map(([word]) => word);
    expect(Number(state >> 32n)).toBe(mv.MV_STATE_IF);
    // Behind the handler's HLT; what it returns to is behind the OUT
    expect([rip, (stack >> 16n) & 0xffffn]).toEqual([0x1101n, 0x1002n]);
  },
);

it.each(machines)(
  "tells of an instruction that is none, if its caller wants that, else raises #UD (%s)",
  async (machine) => {
    // ud2. The handler of #UD: hlt
    let script = withHandler(6, [0x0f, 0x0b], [[mv.MV_REG_RAX, 0x1234]])
      .call(mv.MV_VM_CONFIGURE, VM, mv.MV_OPTION_UNDEFINED_ASKED)
      .call(mv.MV_VS_RUN, VS)
      .peek(page(mv.MV_PAGE_GENERAL))
      .peek(page(mv.MV_PAGE_RIP))
      .call(mv.MV_VM_CONFIGURE, VM, 0)
      .call(mv.MV_VS_RUN, VS);
    script = list(script, [[mv.MV_REG_RIP, 0]])
      .call(mv.MV_VS_REG_GET_LIST, VS)
      .peek(page(mv.MV_PAGE_LIST + 8))
      .peek(scratch(0xef8));
    const { answers, peeks, ...result } = await ended(script).play({ machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => mv.MV_STATUS_SUCCESS));
    expect([7, 9].map((index) => Number(answers[index]?.r10))).toEqual([mv.MV_EXIT_UNDEFINED, mv.MV_EXIT_HLT]);
    const [rax = 0n, at = 0n, rip = 0n, stack = 0n] = peeks.map(([word]) => word);
    // Behind the handler's HLT, and what it returns to
    expect([rax, at, rip, (stack >> 16n) & 0xffffn]).toEqual([0x1234n, 0x1000n, 0x1101n, 0x1000n]);
  },
);

const [MCG_CTL, BANK_2_CTL, BANK_2_STATUS, BANK_3_CTL] = [0x17b, 0x408, 0x409, 0x40c];

it.each(machines)(
  "has the machine check banks that its caller has set up, which take what a processor's do (%s)",
  async (machine) => {
    // mov ecx, ...; mov eax, ...; mov edx, eax; wrmsr or rdmsr; hlt. The handler of #GP: hlt
    const access = (msr: number, value: number, instruction: number): number[] => [
      ...[0x66, 0xb9, msr & 0xff, msr >> 8, 0, 0],
      ...[0x66, 0xb8, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24],
      ...[0x66, 0x89, 0xc2, 0x0f, instruction, 0xf4],
    ];
    const [RDMSR, WRMSR] = [0x32, 0x30];
    const ALL = 0xffff_ffff;
    const cases = [
      [BANK_2_CTL, ALL, WRMSR, "taken"],
      [BANK_2_CTL, 0, WRMSR, "taken"],
      [BANK_2_CTL, ALL - 1, WRMSR, "#GP"],
      [BANK_2_STATUS, 0, WRMSR, "taken"],
      [BANK_2_STATUS, 1, WRMSR, "#GP"],
      [BANK_3_CTL, 0, WRMSR, "#GP"],
      [BANK_3_CTL, 0, RDMSR, "#GP"],
      [MCG_CTL, ALL, WRMSR, "taken"],
      [MCG_CTL, 2, WRMSR, "#GP"],
    ] as const;
    let script = withHandler(13, []).call(mv.MV_VS_MCE_SETUP, VS, 3);
    for (const [msr, value, instruction] of cases) {
      script = set(script.bytes(scratch(0), access(msr, value, instruction)), [
        [mv.MV_REG_RIP, 0x1000],
        [mv.MV_REG_RSP, 0x1f00],
      ]).call(mv.MV_VS_RUN, VS);
      script = list(script, [[mv.MV_REG_RIP, 0]])
        .call(mv.MV_VS_REG_GET_LIST, VS)
        .peek(page(mv.MV_PAGE_LIST + 8));
    }
    const { peeks, ...result } = await ended(script).play({ machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(peeks.map(([rip]) => (rip === 0x1101n ? "#GP" : "taken"))).toEqual(cases.map((each) => each[3]));
  },
);

it("tells of a guest that Intel's processors refuse, and the ring of the rule", async () => {
  // Behind an STI that has not set IF
  const script = set(made(), [
    [mv.MV_REG_RFLAGS, 0x202],
    [mv.MV_REG_INTERRUPT_SHADOW, 1],
    [mv.MV_REG_RFLAGS, 2],
  ])
    .call(mv.MV_VS_RUN, VS)
    .peek(page(mv.MV_PAGE_DETAIL));
  const { answers, peeks, ring } = await ended(script).play({ machine: "intel" });
  expect([answers[4]?.status, answers[4]?.r10]).toEqual([BigInt(mv.MV_STATUS_SUCCESS), BigInt(mv.MV_EXIT_FAILURE)]);
  expect(peeks[0]).toEqual([0x8000_0021n]);
  expect(ring.join("\n")).toContain("a guest is not run: ");
});

function portOf([, data = 0n, word = 0n]: readonly bigint[]) {
  return {
    data: Number(data),
    port: Number(word & 0xffffn),
    bytes: Number((word >> 16n) & 0xffn),
    flags: Number((word >> 24n) & 0xffn),
  };
}
