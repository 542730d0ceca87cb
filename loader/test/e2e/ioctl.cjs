// Runs in the lab's Linux: calls of the driver that bfm would never make, printed as one JSON array

const { closeSync, openSync } = require("node:fs");

const module_ = { exports: {} };
process.dlopen(module_, "/usr/lib/bareflank/bfm/koffi.node");
const koffi = module_.exports;
const ioctl = koffi.load(null).func("ioctl", "int", ["int", "ulong", "void *"]);

/** Each request: {number, bytes, version, words: {offset: value}, uid, address}. */
const requests = JSON.parse(process.argv[2]);
const fd = openSync("/dev/bareflank", "r+");
const results = requests.map(({ number, bytes = 256, version = 1, words = {}, uid, address }) => {
  const block = Buffer.alloc(bytes);
  block.writeBigUInt64LE(BigInt(version), 0);
  for (const [offset, value] of Object.entries(words)) block.writeBigUInt64LE(BigInt(value), Number(offset));
  if (uid !== undefined) process.seteuid(uid);
  const result = ioctl(fd, number, address === undefined ? block : koffi.as(BigInt(address), "void *"));
  const errno = result < 0 ? koffi.errno() : 0;
  if (uid !== undefined) process.seteuid(0);
  return { errno, version: Number(block.readBigUInt64LE(0)), error: block.readUInt32LE(8) };
});
closeSync(fd);
console.log(JSON.stringify(results));
