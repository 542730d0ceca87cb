// The words of the bare platform's command line: what its root VM does (loader/bare)

import { LabError } from "./errors.ts";

/** What each word does; all are `word=NUMBER`. Those that belong to another one name it. */
export const bareWords: Readonly<Record<string, string>> = {
  cpuid: "so many CPUIDs on each processor, timed (1000)",
  leaf: "of this leaf (0)",
  together: "1: on all processors at once, untimed",
  cycles: "so many starts and stops (1)",
  load: "0: start nothing, and only count",
  watchdog: "milliseconds after which an extension is taken off a processor; wants two processors or a counter",
  isolate: "1: as bfm start --isolate-kernel",
  off: "1: as bfm start --mitigations off",
  mitigations: "take precautions against speculation as if the processor wanted these (bits)",
  least: "bytes of memory to begin with",
  most: "bytes of memory at most",
  slide: "move the microkernel by this, and print where it is",
  debug: "debug level",
  fail: "memory runs out for this processor",
  hold: "1: exits for ever, for somebody who looks from outside",
  nmis: "so many NMIs to each processor but the first",
  policies: "the last file has policies",
  calls: "the last file has hypercalls",
  value: "for wrmsr, outb and poke",
  wrmsr: "write this MSR",
  rdmsr: "read and print this MSR",
  outb: "write a byte to this port",
  outsb: 'write "abc" to this port',
  steps: "outsb by so many single steps",
  inb: "read and print a byte of this port",
  cr4: "set these bits of CR4, and print it",
  peek: "read and print 64 bits at this address",
  poke: "write 64 bits at this address, read and print them",
  pokes: "poke so often",
  own: "1: read the hypervisor's memory, and print what is not zero",
  leaves: "1: compare every answer of CPUID with that before the start",
  unpaged: "1: leave long mode",
  eax: "CPUID of this leaf; prints EAX",
  ecx: "its subleaf",
  hook: "CPUID of this leaf with a function's address",
  vmmcall: "a hypercall with this in RAX; prints RAX",
  door: "knock at the memory door",
  rcx: "for door",
  rdx: "for door",
  sipi: "1: INIT and SIPI in all their forms",
  balance: "lend and take memory so often",
  ask: "CPUID of this leaf before each of these",
  subleaf: "its subleaf",
  back: "CPUID of this leaf behind them",
  ud: "so many UD2",
  hlt: "1: HLT",
  sti: "1: interrupts for a moment",
  dr0: "address of a breakpoint",
  dr7: "arms it",
  early: "1: before the start",
};

/**
 * Checks a command line, of which the platform itself would leave out what it does not know.
 *
 * @throws LabError that names the word
 */
export const checkWords = (append: string): void => {
  for (const word of append.split(/\s+/).filter(Boolean)) {
    const [, name = word, value] = /^([^=]*)=(.*)$/.exec(word) ?? [];
    if (!Object.hasOwn(bareWords, name)) {
      throw new LabError(`The bare platform does not know the word "${name}".`, "bf lab bare --help lists its words.");
    }
    if (value === undefined || !/^(0x[0-9a-f]+|\d+)$/i.test(value)) {
      throw new LabError(`"${word}" is not of the form ${name}=NUMBER.`, "Numbers are decimal, or begin with 0x.");
    }
  }
};

const WIDTH = Math.max(...Object.keys(bareWords).map((word) => word.length));

/** For `--help`. */
export const describeWords = (): string =>
  Object.entries(bareWords)
    .map(([word, meaning]) => `  ${word.padEnd(WIDTH)}  ${meaning}`)
    .join("\n");
