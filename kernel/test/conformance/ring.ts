// What the debug calls print, by call: each is a table for people, of which the lines that matter are fixed here

import type { Case } from "./case.ts";

const NUMBER = "0x[0-9a-f]+";
/** The log keeps so many exits, at debug level 2. */
const LOGGED_EXITS = 4;

/** What has to be found in the text of each call on processor `ppid`. */
const expected: Readonly<Record<string, (ppid: number) => RegExp>> = {
  DEBUG_OUT: () => /^0x1122334455667788 0x99aabbccddeeff00\n$/,
  DEBUG_WRITE_C: () => /^#$/,
  DEBUG_WRITE_STR: () => /^forty-two words\n$/,
  DEBUG_DUMP_VM: () => new RegExp(`^vm 0\\n(  .*${NUMBER}\\n)+$`),
  DEBUG_DUMP_VP: (ppid) => new RegExp(`^vp ${ppid}\\n(  .*${NUMBER}\\n)+$`),
  DEBUG_DUMP_VS: (ppid) => new RegExp(`^vs ${ppid}\\n(  .*${NUMBER}\\n){120,}$`),
  DEBUG_DUMP_VMEXIT_LOG: (ppid) => new RegExp(`^exits of PP ${ppid}`),
  DEBUG_DUMP_EXT: () => new RegExp(`^ext 0\\n(  .*${NUMBER}\\n)*  vmexit 0x328[0-9a-f]{9}\\n`),
  DEBUG_DUMP_PAGE_POOL: () => /^page pool: \d+ of \d+ pages used\n$/,
  DEBUG_DUMP_HUGE_POOL: () => /^huge pool: 0 of 64 allocations used\n$/,
};

/** The log after some exits: VS, reason, two words of information, RIP and RAX of each. */
function laterLog(ppid: number, debug: number): RegExp {
  if (debug < 2) return new RegExp(`^exits of PP ${ppid}: none recorded`);
  return new RegExp(`^exits of PP ${ppid}.*\\n(  ${NUMBER}( ${NUMBER}){5}\\n){${LOGGED_EXITS}}$`);
}

/** A case for each text between `text PP CALL` and `end of text`, with the microkernel at a debug level. */
export function ringCases(lines: readonly string[], debug: number): Case[] {
  const texts = lines.join("\n").matchAll(/^text (\d) (\S+)\n([\s\S]*?)end of text$/gm);
  return [...texts].map(([, digit, title = "", text = ""]) => {
    const ppid = Number(digit);
    const [subject = "", later] = title.split("/");
    const wanted = later === undefined ? expected[subject]?.(ppid) : laterLog(ppid, debug);
    const good = wanted?.test(text) === true;
    const detail = good ? "" : `printed ${JSON.stringify(text.slice(0, 200))}`;
    return { ppid, subject, name: later ?? "text", blamed: good ? undefined : subject, detail };
  });
}
