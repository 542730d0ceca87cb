// 16-bit code for guests, of instructions that exit, that touch memory, and that loop

import type { Random } from "../../../../bsl/test-support/random.ts";

const pieces: readonly (readonly number[])[] = [
  [0x0f, 0xa2], // cpuid
  [0xe4, 0x60], // in al, 60h
  [0xe7, 0x10], // out 10h, ax
  [0xec], // in al, dx
  [0xee], // out dx, al
  [0xf3, 0x6c], // rep insb
  [0xf3, 0x6e], // rep outsb
  [0x0f, 0x32], // rdmsr
  [0x0f, 0x30], // wrmsr
  [0x88, 0x07], // mov [bx], al
  [0x8a, 0x04], // mov al, [si]
  [0x67, 0x66, 0x89, 0x03], // mov [ebx], eax
  [0x67, 0x66, 0x8b, 0x06], // mov eax, [esi]
  [0xf0, 0xff, 0x07], // lock inc word [bx]
  [0xf3, 0xa4], // rep movsb
  [0x0f, 0x01, 0xd9], // vmmcall
  [0x0f, 0x01, 0xc1], // vmcall
  [0x0f, 0x09], // wbinvd
  [0x0f, 0x31], // rdtsc
  [0x50, 0x58], // push ax; pop ax
  [0xfb], // sti
  [0xfa], // cli
  [0xcd, 0x21], // int 21h
  [0x0f, 0x0b], // ud2
  [0xf4], // hlt
  [0xeb, 0xfe], // jmp $
  [0x0f, 0x22, 0xc0], // mov cr0, eax
  [0x0f, 0x20, 0xe0], // mov eax, cr4
  [0x0f, 0x01, 0xd0], // xgetbv
  [0xe2, 0xf0], // loop, 14 bytes before
];

/** So many bytes of them. */
export function guestCode(random: Random, bytes: number): Uint8Array {
  const code = new Uint8Array(bytes).fill(0xf4);
  for (let at = 0; at < bytes - 8; ) {
    const piece = random.pick(pieces);
    // What ends or loops would hide what is behind
    if ((piece[0] === 0xf4 || piece[0] === 0xeb) && !random.once(8)) continue;
    code.set(piece, at);
    at += piece.length;
  }
  return code;
}
