// Moves between registers and devices: what the caller is asked, and what becomes of the guest

import { describe, expect, it } from "vitest";
import { Guest, RESULT } from "./guest.ts";

const RAX = 0;
const RCX = 1;
const RBX = 3;
const RIP = 0x1000n;
const DEVICE = 0xfee0_0000n;

const code = (hexadecimal: string) => Uint8Array.from(Buffer.from(hexadecimal.replaceAll(" ", ""), "hex"));

/** A guest about to execute an instruction, with RBX at a device. Its paging is off, though 64-bit mode needs it: faults are none of these tests' business. */
function guestAt(instruction: string): Guest {
  const guest = new Guest();
  guest.map(0x1000n, 4096);
  guest.load(RIP, code(instruction));
  guest.set("RIP", RIP);
  guest.setGeneral(RBX, DEVICE);
  return guest;
}

describe("a store of the machine status word", () => {
  it.each(["0f 01 23", "48 0f 01 23", "66 0f 01 23"])("has two bytes: %s", (instruction) => {
    const guest = guestAt(instruction); // smsw [rbx]
    guest.set("CR0", 0x5_003bn);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([{ kind: "write", address: DEVICE, bytes: 2, data: 0x3bn }]);
  });
});

describe("a load from a device", () => {
  it("asks, and goes on with the answer", () => {
    const guest = guestAt("8b 43 20"); // mov eax, [rbx + 0x20]
    guest.setGeneral(RAX, 0xffff_ffff_ffff_ffffn);
    expect(guest.step()).toBe(RESULT.read);
    expect([guest.get("ADDRESS"), guest.get32("ACCESS_BYTES")]).toEqual([DEVICE + 0x20n, 4]);
    expect([guest.get("RIP"), guest.general(RAX)]).toEqual([RIP, 0xffff_ffff_ffff_ffffn]);
    guest.set("DATA", 0xaaaa_bbbb_1234_5678n);
    expect(guest.step()).toBe(RESULT.done);
    expect([guest.get("RIP"), guest.general(RAX)]).toEqual([RIP + 3n, 0x1234_5678n]);
    expect(guest.get32("INSTRUCTION_BYTES")).toBe(0);
  });

  it.each([
    ["8a 03", 1, 0x1111_1111_1111_11efn], // mov al, [rbx]
    ["8a 23", 1, 0x1111_1111_1111_ef11n], // mov ah, [rbx]
    ["66 8b 03", 2, 0x1111_1111_1111_cdefn],
    ["8b 03", 4, 0x89ab_cdefn],
    ["48 8b 03", 8, 0x0123_4567_89ab_cdefn],
    ["0f b6 03", 1, 0xefn], // movzx eax, byte [rbx]
    ["48 0f b7 03", 2, 0xcdefn],
    ["0f be 03", 1, 0xffff_ffefn], // movsx eax, byte [rbx]
    ["48 0f bf 03", 2, 0xffff_ffff_ffff_cdefn],
    ["48 63 03", 4, 0xffff_ffff_89ab_cdefn], // movsxd rax, dword [rbx]
    ["0f 38 f0 03", 4, 0xefcd_ab89n], // movbe eax, [rbx]
    ["a1 00 00 e0 fe 00 00 00 00", 4, 0x89ab_cdefn], // mov eax, [0xfee00000]
  ])("%s has its size", (instruction, bytes, result) => {
    const guest = guestAt(instruction);
    guest.setGeneral(RAX, 0x1111_1111_1111_1111n);
    guest.onRead = () => 0x0123_4567_89ab_cdefn;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map((access) => [access.kind, access.address, access.bytes])).toEqual([
      ["read", DEVICE, bytes],
    ]);
    expect(guest.general(RAX)).toBe(result);
  });
});

describe("a store to a device", () => {
  it.each([
    ["88 0b", 1, 0x10n],
    ["88 2b", 1, 0x32n], // mov [rbx], ch
    ["66 89 0b", 2, 0x3210n],
    ["89 0b", 4, 0x7654_3210n],
    ["48 89 0b", 8, 0xfedc_ba98_7654_3210n],
    ["c6 03 80", 1, 0x80n],
    ["48 c7 03 00 00 00 80", 8, 0xffff_ffff_8000_0000n],
    ["0f c3 0b", 4, 0x7654_3210n], // movnti [rbx], ecx
    ["0f 38 f1 0b", 4, 0x1032_5476n], // movbe [rbx], ecx
  ])("%s is done by the caller", (instruction, bytes, data) => {
    const guest = guestAt(instruction);
    guest.setGeneral(RCX, 0xfedc_ba98_7654_3210n);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([{ kind: "write", address: DEVICE, bytes, data }]);
    expect(guest.get("RIP")).toBe(RIP + BigInt(code(instruction).length));
  });

  it("over the border of two pages is two pieces", () => {
    const guest = guestAt("48 89 0b");
    guest.setGeneral(RBX, DEVICE + 0xffdn);
    guest.setGeneral(RCX, 0xfedc_ba98_7654_3210n);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([
      { kind: "write", address: DEVICE + 0xffdn, bytes: 3, data: 0x54_3210n },
      { kind: "write", address: DEVICE + 0x1000n, bytes: 5, data: 0xfe_dcba_9876n },
    ]);
  });
});

describe("an instruction", () => {
  it("that nobody can carry out is told, with its bytes", () => {
    const guest = guestAt("0f 10 03"); // movups xmm0, [rbx]
    expect(guest.run()).toBe(RESULT.unknown);
    expect(guest.get("RIP")).toBe(RIP);
    expect(guest.get32("INSTRUCTION_BYTES")).toBe(15);
    // Nor with the registers, for what computes with them
    const other = guestAt("0f 58 03"); // addps xmm0, [rbx]
    other.vectors();
    expect(other.run()).toBe(RESULT.unknown);
  });

  it.each(["0f 0b", "ff ff", "f0 8b 03"])("that is none is an exception: %s", (instruction) => {
    const guest = guestAt(instruction);
    expect([guest.run(), guest.get32("VECTOR"), guest.get("RIP")]).toEqual([RESULT.exception, 6, RIP]);
  });
});
