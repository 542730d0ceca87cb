import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { machines } from "../../../../kernel/test/bare/expected.ts";
import { ended, made, page, set, VM, VS } from "./made.ts";
import { scratch } from "./script.ts";

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

function portOf([, data = 0n, word = 0n]: readonly bigint[]) {
  return {
    data: Number(data),
    port: Number(word & 0xffffn),
    bytes: Number((word >> 16n) & 0xffn),
    flags: Number((word >> 24n) & 0xffn),
  };
}
