// The other vendor's hypercall, at which a processor has said #UD

import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { RESULT } from "./guest.ts";
import { bytesOf, guestAt, type Mode, RIP } from "./program.ts";

const UNDEFINED_OPCODE = 6;
const PAGE_FAULT = 14;
const [VMCALL, VMMCALL] = ["0f 01 c1", "0f 01 d9"];
const VENDORS = { amd: 0, intel: abi.EMULATION_FLAG_INTEL } as const;

function undefinedAt(instruction: string, vendor: keyof typeof VENDORS, mode: Mode = 64) {
  const guest = guestAt(instruction, mode);
  guest.set32("FLAGS", abi.EMULATION_FLAG_HYPERCALL | VENDORS[vendor]);
  return guest;
}

describe("a hypercall that the processor does not know", () => {
  it.each([
    ["amd", VMCALL, VMMCALL],
    ["intel", VMMCALL, VMCALL],
  ] as const)("is replaced on %s by the one that it knows, and is to be executed again", (vendor, other, own) => {
    for (const mode of [64, 32, 16, "real"] as const) {
      const guest = undefinedAt(`${other} 90`, vendor, mode);
      guest.set("RFLAGS", 0x102n);
      expect(guest.run()).toBe(RESULT.done);
      expect(guest.dump(RIP, 4)).toEqual(bytesOf(`${own} 90`));
      expect([guest.get("RIP"), guest.get("RFLAGS"), guest.get32("TRAP")]).toEqual([RIP, 0x102n, 0]);
    }
  });

  it("keeps its prefixes", () => {
    const guest = undefinedAt(`66 ${VMCALL} 90`, "amd");
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.dump(RIP, 5)).toEqual(bytesOf(`66 ${VMMCALL} 90`));
  });

  it.each([
    ["amd", VMMCALL],
    ["intel", VMCALL],
    ["amd", "0f 0b"],
    ["amd", "89 03"],
    ["amd", `f0 ${VMCALL}`],
    ["intel", "0f c7 33"],
    ["intel", "06"],
  ] as const)("is none on %s: %s, which stays what it is, and #UD", (vendor, instruction) => {
    const guest = undefinedAt(instruction, vendor);
    expect([guest.run(), guest.get32("VECTOR"), guest.get32("ERROR_CODE")]).toEqual([
      ...[RESULT.exception, UNDEFINED_OPCODE, 0],
    ]);
    const bytes = bytesOf(instruction);
    expect([guest.dump(RIP, bytes.length), guest.get("RIP"), guest.accesses]).toEqual([bytes, RIP, []]);
  });

  it("is a page fault where the guest may not write, and #UD in memory that nobody may", () => {
    const guest = undefinedAt(VMCALL, "amd", 32);
    const tables = 0x10_0000n;
    guest.map(tables, 4096);
    guest.set("CR4", 0x10n);
    guest.set("CR0", 0x8001_0001n);
    guest.set("CR3", tables);
    guest.setWord(tables, 0x81n, 4);
    expect([guest.run(), guest.get32("VECTOR"), guest.get32("ERROR_CODE"), guest.get("CR2")]).toEqual([
      ...[RESULT.exception, PAGE_FAULT, 3, RIP],
    ]);
    const rom = undefinedAt(VMCALL, "amd");
    rom.map(RIP, 4096, "rom");
    rom.load(RIP, bytesOf(VMCALL));
    expect([rom.run(), rom.get32("VECTOR"), rom.accesses]).toEqual([RESULT.exception, UNDEFINED_OPCODE, []]);
  });

  it("may lie over the border of two pages", () => {
    const guest = undefinedAt("90", "amd");
    guest.load(RIP + 0xfffn, bytesOf(VMCALL));
    guest.set("RIP", RIP + 0xfffn);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.dump(RIP + 0xfffn, 3)).toEqual(bytesOf(VMMCALL));
  });
});
