// Run inside the lab: tries to move the entry of system calls of processor 0 by Linux's msr driver

const { openSync, readSync, writeSync } = require("node:fs");

const LSTAR = 0xc0000082;
const msr = openSync("/dev/cpu/0/msr", "r+");
const value = Buffer.alloc(8);
readSync(msr, value, 0, 8, LSTAR);
const before = value.readBigUInt64LE();
writeSync(msr, value, 0, 8, LSTAR);
console.log("the same value: written");
value.writeBigUInt64LE(before + 16n);
try {
  writeSync(msr, value, 0, 8, LSTAR);
  console.log("another value: written");
} catch (error) {
  console.log(`another value: ${error.code}`);
}
