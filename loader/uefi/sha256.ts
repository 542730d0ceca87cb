// SHA-256 (FIPS 180-4, 6.2)

import { peek8, peek32 } from "../../bsl/src/memory";

const BLOCK_BYTES: u64 = 64;
const WORDS: u32 = 8;
const ROUNDS: u32 = 64;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (4.2.2). */
// biome-ignore format: a table
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
/** The same of the square roots of the first eight (5.3.3). */
// biome-ignore format: a table
const BEGINNING: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** H, a to h, and W (6.2.2). */
const hash: usize = memory.data(32, 4);
const working: usize = memory.data(32, 4);
const schedule: usize = memory.data(256, 4);

/** The digest of memory; its 32 bytes, until the next one. */
export function sha256(address: u64, bytes: u64): usize {
  memory.copy(hash, BEGINNING, 4 * WORDS);
  // A bit that is set, zeroes, and the length in 64 bits fill the last block (5.1.1)
  const blocks = (bytes + 9 + BLOCK_BYTES - 1) / BLOCK_BYTES;
  for (let block: u64 = 0; block < blocks; block++) {
    const from = block * BLOCK_BYTES;
    for (let word: u32 = 0; word < 16; word++) {
      const at = from + 4 * word;
      store<u32>(schedule + 4 * word, at + 4 <= bytes ? bswap<u32>(peek32(address + at)) : wordAt(address, bytes, at));
    }
    if (block + 1 === blocks) {
      store<u32>(schedule, <u32>((bytes * 8) >> 32), 56);
      store<u32>(schedule, <u32>(bytes * 8), 60);
    }
    mix();
  }
  for (let i: u32 = 0; i < WORDS; i++) store<u32>(hash + 4 * i, bswap<u32>(load<u32>(hash + 4 * i)));
  return hash;
}

/** A word of the message's end and of what fills it up. */
function wordAt(address: u64, bytes: u64, at: u64): u32 {
  let word: u32 = 0;
  for (let i: u64 = at; i < at + 4; i++) {
    const byte: u32 = i < bytes ? peek8(address + i) : i === bytes ? 0x80 : 0;
    word = (word << 8) | byte;
  }
  return word;
}

function mix(): void {
  for (let t: u32 = 16; t < ROUNDS; t++) {
    const next = small1(wordOf(t - 2)) + wordOf(t - 7) + small0(wordOf(t - 15)) + wordOf(t - 16);
    store<u32>(schedule + 4 * t, next);
  }
  memory.copy(working, hash, 4 * WORDS);
  for (let t: u32 = 0; t < ROUNDS; t++) {
    const a = load<u32>(working);
    const e = load<u32>(working, 16);
    const choice = (e & load<u32>(working, 20)) ^ (~e & load<u32>(working, 24));
    const majority =
      (a & load<u32>(working, 4)) ^ (a & load<u32>(working, 8)) ^ (load<u32>(working, 4) & load<u32>(working, 8));
    const first = load<u32>(working, 28) + large1(e) + choice + load<u32>(K + 4 * t) + wordOf(t);
    // Each of b to h becomes its neighbour's
    memory.copy(working + 4, working, 4 * (WORDS - 1));
    store<u32>(working, load<u32>(working, 16) + first, 16);
    store<u32>(working, first + large0(a) + majority);
  }
  for (let i: u32 = 0; i < 4 * WORDS; i += 4) store<u32>(hash + i, load<u32>(hash + i) + load<u32>(working + i));
}

function wordOf(t: u32): u32 {
  return load<u32>(schedule + 4 * t);
}

/** The functions of 4.1.2. */
function small0(x: u32): u32 {
  return rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
}
function small1(x: u32): u32 {
  return rotr<u32>(x, 17) ^ rotr<u32>(x, 19) ^ (x >> 10);
}
function large0(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}
function large1(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}
