// Run inside the lab: counts the bytes that are not zero in a range of physical memory, as Linux's /proc/kcore shows it
//
//     bf-cpuid --leaf 0x40000020 > hidden.json; node read-physical.cjs hidden.json

const { openSync, readFileSync, readSync } = require("node:fs");

const PT_LOAD = 1;
const kcore = openSync("/proc/kcore", "r");

const read = (position, bytes) => {
  const buffer = Buffer.alloc(bytes);
  let at = 0;
  while (at < bytes) {
    const count = readSync(kcore, buffer, at, bytes - at, position + BigInt(at));
    if (count === 0) throw new Error(`nothing at ${position}`);
    at += count;
  }
  return buffer;
};

const header = read(0n, 64);
const entries = read(header.readBigUInt64LE(32), header.readUInt16LE(56) * 56);
const segments = Array.from({ length: entries.length / 56 }, (_, index) => entries.subarray(index * 56)).map(
  (entry) => ({
    isLoaded: entry.readUInt32LE(0) === PT_LOAD,
    offset: entry.readBigUInt64LE(8),
    physical: entry.readBigUInt64LE(24),
    bytes: entry.readBigUInt64LE(32),
  }),
);

const [line = ""] = readFileSync(process.argv[2], "utf8").split("\n");
const { ebx, ecx } = JSON.parse(line);
const first = BigInt(ebx) << 12n;
const bytes = Number(ecx) << 12;
const segment = segments.find(
  (each) => each.isLoaded && each.physical <= first && first + BigInt(bytes) <= each.physical + each.bytes,
);
if (segment === undefined) throw new Error(`0x${first.toString(16)} is not in /proc/kcore`);
const memory = read(segment.offset + first - segment.physical, bytes);
console.log(`not zero: ${memory.filter((byte) => byte !== 0).length} of ${bytes}`);
