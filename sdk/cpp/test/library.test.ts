// The standard library of C++ over the SDK's layer, in an extension that runs as a program for Linux

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { SymbolTable } from "../../../toolchain/src/index.ts";
import { extensionPackages, PATIENCE } from "../../test/extension-package.ts";
import { type Run, simulatedProcessors } from "./extension.ts";

const packages = extensionPackages();
const linux = simulatedProcessors();
let image = "";

beforeAll(async () => {
  const source = readFileSync(join(import.meta.dirname, "fixtures", "library.cpp"), "utf8");
  image = await packages.build("cpp", "library", source, { runtime: "std", memory: { maximumKiB: 4096 } });
}, PATIENCE);

const BEGIN = ["+global", "+own", "own: own"];
const END = ["-own", "-global"];

/** What one processor's case printed, between what is made and what is destroyed. */
function print(name: string, how: Run = {}): string[] {
  const lines = linux.run(image, `case=${name}`, how);
  expect(lines.at(-1)).toBe("end of vmexit on 0: stop");
  const own = lines.slice(0, -1).map((line) => line.replace(/^PP 0: /, ""));
  expect(own.slice(0, 3)).toEqual(BEGIN);
  expect(own.slice(-2)).toEqual(END);
  return own.slice(3, -2);
}

it("has containers and algorithms", () => {
  expect(print("containers")).toEqual([
    "3,6,9,1,4,7,10,2,5,8,",
    "words: 3, bb: 4, long: 38",
    "sizes: 3 3 2 2",
    "sum: 499500",
  ]);
});

it("has functions with captures, optional values, variants and owned objects", () => {
  expect(print("values")).toEqual([
    "+unique",
    "+shared",
    "-shared",
    "optional: 42 none, variant: text, weak: gone",
    "-unique",
  ]);
});

it("has type information", () => {
  expect(print("types")).toEqual(["cast: round, square, 4", "cast: not, same", "std::bad_cast"]);
});

it("throws through frames whose objects are destroyed, and finds the handler of the type", () => {
  expect(print("exceptions")).toEqual([
    ...["+local", "+local", "+local", "-local", "-local", "-local"],
    "caught refused 42 42, underway 0",
    "int 7",
    "unordered_map::at: key not found",
    "kept",
    "stoul: no conversion",
  ]);
});

it("throws std::bad_alloc when the heap is at its end, with nothing left for the exception either, and loses none of it", () => {
  expect(print("memory")).toEqual([
    "std::bad_alloc",
    "kept: 0",
    "std::bad_alloc",
    "kept: 0",
    "std::bad_alloc behind many",
    "too much: null",
  ]);
});

it("throws std::bad_alloc on eight processors at once, with nothing left for any of the exceptions", () => {
  const lines = linux.run(image, "case=exhausted", { processors: 8, heapPages: 64 });
  for (let cpu = 0; cpu < 8; cpu++) expect(lines).toContain(`PP ${cpu}: caught 2000`);
});

it("refuses what a processor cannot have: a lock that it has already, a new thread", () => {
  const [EDEADLK, EAGAIN] = [35, 11];
  expect(print("locks")).toEqual([`code ${EDEADLK}`, `thread: code ${EAGAIN}`, "try_lock: no, processors: 1"]);
});

describe("texts", () => {
  let lines: string[] = [];
  beforeAll(() => {
    lines = print("texts");
  });

  it("are put together by streams, by printf and by std::to_string", () => {
    expect(lines.slice(0, 7)).toEqual([
      "stream 12 ff 1.5 1",
      "read: 17 words",
      "cout 3",
      "[  -42|42   |00abc|+7|text|te|c|%|0x1234|-1|4|300]",
      "[1.500000|3.142|1.234568e+04|0.0001|    2.50|2.5     |-002.500|1e+300|10000000000000000000000]",
      "[0xff|010|BEEF|00042|   ab|ab   |-9223372036854775808|   7]",
      "2.250000 -17",
    ]);
    expect(lines.at(-1)).toBe(`numbers: ${2n ** 64n - 1n} 1`);
  });

  it("become the nearest double, as JavaScript has it", () => {
    const read = lines.flatMap((line) => {
      const [, text = "", bits] = /^(.*[\dy.x]): 0x(\w+)$/.exec(line) ?? [];
      return bits === undefined ? [] : [[text, BigInt(`0x${bits}`)] as const];
    });
    expect(read).toHaveLength(15);
    const expected = read.map(([text]) => {
      const number = text === "." ? 0 : Number(text.trim().replace("x", ""));
      return [text, new BigUint64Array(new Float64Array([number]).buffer)[0]];
    });
    expect(read).toEqual(expected);
    expect(lines).toContain("float: 0x4170000020000000 0x400a000000000000");
  });

  it("show what rounding and roots are", () => {
    const rows = lines.filter((line) => /^-?\d\S* \S+ \S+ \S+ \S+$/.test(line));
    expect(rows).toEqual([
      "0 1 0 0 0.707",
      "1 1 0 0 0.707",
      "-3 -2 -3 -2 -nan",
      "4.5036e+15 4.5036e+15 4.5036e+15 4.5036e+15 67108864.000",
      "2 3 2 2 1.549",
    ]);
  });

  it("are read as JavaScript reads them, 2,000 numbers of all magnitudes", () => {
    const numbers = print("numbers");
    expect(numbers).toHaveLength(2000);
    const wrong = numbers.filter((line) => {
      const [text = "", bits = ""] = line.split(" ");
      return BigInt(bits) !== new BigUint64Array(new Float64Array([Number(text)]).buffer)[0];
    });
    expect(wrong).toEqual([]);
  });
});

/** A double by its bits. */
const doubleOf = (bits: string) => new Float64Array(new BigUint64Array([BigInt(bits)]).buffer)[0] ?? 0;

/** The whole number nearest to |value| * 10^power, the even one of two: JavaScript's own toFixed takes the larger one. */
function nearest(value: number, power: number): bigint {
  const bits = new BigUint64Array(new Float64Array([Math.abs(value)]).buffer)[0] ?? 0n;
  const field = bits >> 52n;
  const mantissa = (bits & (2n ** 52n - 1n)) + (field === 0n ? 0n : 2n ** 52n);
  const exponent = (field === 0n ? 1n : field) - 1075n;
  const ten = 10n ** BigInt(Math.abs(power));
  const two = 2n ** (exponent < 0n ? -exponent : exponent);
  const numerator = mantissa * (power > 0 ? ten : 1n) * (exponent > 0n ? two : 1n);
  const denominator = (power < 0 ? ten : 1n) * (exponent < 0n ? two : 1n);
  const twice = 2n * (numerator % denominator);
  const down = numerator / denominator;
  return twice > denominator || (twice === denominator && down % 2n === 1n) ? down + 1n : down;
}

const signOf = (value: number) => (Object.is(value, -0) || value < 0 ? "-" : "");
const pointed = (digits: string, behind: number) =>
  behind === 0 ? digits : `${digits.slice(0, digits.length - behind)}.${digits.slice(digits.length - behind)}`;

/** As %.*f and %.*e write it. */
const fixedText = (value: number, precision: number) =>
  signOf(value) +
  pointed(
    nearest(value, precision)
      .toString()
      .padStart(precision + 1, "0"),
    precision,
  );
function scientificText(value: number, precision: number): string {
  const [, power] = value.toExponential(20).split("e");
  let exponent = Number(power);
  let digits = nearest(value, precision - exponent)
    .toString()
    .padStart(precision + 1, "0");
  if (digits.length > precision + 1) {
    digits = digits.slice(0, -1);
    exponent++;
  }
  const magnitude = String(Math.abs(exponent)).padStart(2, "0");
  return `${signOf(value)}${pointed(digits, precision)}e${exponent < 0 ? "-" : "+"}${magnitude}`;
}

/** JavaScript's value of a hexadecimal one. */
function hexadecimal(text: string): number {
  const [, sign, whole = "", fraction = "", power] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text) ?? [];
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  return (sign === "-" ? -1 : 1) * mantissa * 2 ** -52 * 2 ** (52 - 4 * fraction.length) * 2 ** Number(power);
}

describe("printf", () => {
  let lines: string[] = [];
  beforeAll(() => {
    lines = print("floats");
  });

  it("writes 2,000 doubles with precisions exactly", () => {
    const wrong = lines.slice(0, 2000).filter((line, index) => {
      const [bits = "", digits = "", scientific = "", fixed = "", general = "", hex = ""] = line.split(" ");
      const value = doubleOf(bits);
      if (!Number.isFinite(value))
        return !/^-?(inf|nan)$/.test(scientific) || general !== scientific || hex !== scientific;
      const precision = Number(digits);
      const isFixed = fixed === fixedText(index % 4 === 0 ? value : 0, precision);
      const shortened = Number(scientificText(value, Math.max(precision - 1, 0)));
      const isGeneral = Number(general) === shortened && !/e[+-]\d$|\.\d*0(e|$)/.test(general);
      return scientific !== scientificText(value, precision) || !isFixed || !isGeneral || hexadecimal(hex) !== value;
    });
    expect(wrong).toEqual([]);
  });

  it("rounds halves to the even one, and writes what is large, small or no number", () => {
    expect(lines[2000]).toBe("[0|2|0.2|3.|2.50000|100000|1e+06|1E-05|0.000000e+00|0x2.000p+0|-INF]");
  });

  it("writes all 1,074 digits of the smallest one", () => {
    const digits = (5n ** 1074n).toString().padStart(1074, "0");
    expect(lines.slice(2001).join("")).toBe(`0.${digits}${"0".repeat(1100 - 1074)}`);
  });
});

it("throws on four processors at once, makes a static once, and destroys globals behind the last processor", () => {
  const lines = linux.run(image, "case=processors", { processors: 4, exits: 3 });
  for (let cpu = 0; cpu < 4; cpu++) {
    const own = lines.filter((line) => line.startsWith(`PP ${cpu}: `)).map((line) => line.slice("PP 0: ".length));
    expect(own.filter((line) => line === "caught 2000")).toHaveLength(3);
    expect(own.filter((line) => line.endsWith("own"))).toEqual(["+own", "own: own", "-own"]);
  }
  expect(lines.filter((line) => line.endsWith("+static"))).toHaveLength(1);
  const last = lines.filter((line) => line.startsWith("PP ")).slice(-3);
  expect(last.map((line) => line.slice("PP 0: ".length))).toEqual(["-own", "-static", "-global"]);
});

/** Functions in a report's lines. */
function names(lines: readonly string[]): string[] {
  const symbols = new SymbolTable(readFileSync(image.replace(/\.elf$/, ".debug.elf")));
  return lines.flatMap((line) => {
    const address = /^error: {3}at (0x[0-9a-f]+)$/.exec(line)?.[1];
    return address === undefined ? [] : [symbols.symbolize(BigInt(address)) ?? ""];
  });
}

describe("an exception that nobody catches", () => {
  it("is told with its type, its words and its way, and the fail callback finds it and says what happens", () => {
    const lines = print("uncaught", { exits: 2 });
    const once = lines.slice(0, lines.length / 2);
    const isFrame = (line: string) => /^error: {3}at 0x3280[0-9a-f]{8}$/.test(line);
    expect(once.filter((line) => !isFrame(line))).toEqual([
      ...["underway 0, none", "+local", "+local"],
      "error: (anonymous namespace)::Refused: refused 42",
      ...["vector 3", "fail: 3, 3 caught", "that was 42"],
    ]);
    expect(names(once).join("\n")).toMatch(/thrower.*thrower.*vmexit\+/s);
    // What the first one left behind would be there
    expect(lines.slice(lines.length / 2)).toEqual(once);
  });

  it("and that would leave a function that says noexcept, too", () => {
    const lines = print("noexcept");
    expect(lines).toContain("error: (anonymous namespace)::Refused: refused 42");
    expect(lines.slice(-3)).toEqual(["vector 3", "fail: 3, 3 caught", "that was 42"]);
  });

  it("is over with a callback that fails in its middle", () => {
    const refused = /^BF_STATUS_FAILURE_UNKNOWN refused: status 0xdead000000010001 \(src\/main.cpp:\d+\)$/;
    const once = ["underway 0", expect.stringMatching(refused), "vector 3", "fail: 3, 3 caught"];
    expect(print("middle", { exits: 2 })).toEqual([...once, ...once]);
  });

  it("ends the extension, when the fail callback throws it", () => {
    const lines = linux.run(image, "case=failing");
    expect(lines).toContain("PP 0: error: (anonymous namespace)::Refused: refused 42");
    expect(lines).toContain("PP 0: error: (anonymous namespace)::Refused: refused 2");
    expect(lines.slice(-2)).toEqual(["PP 0: vector 3", "end of vmexit on 0: fault"]);
  });

  it("ends the start of an extension, when a global's constructor throws it", () => {
    const lines = linux.run(image, "case=constructor");
    expect(lines).toContain("PP 0: error: (anonymous namespace)::Refused: refused 1");
    expect(lines.slice(-2)).toEqual(["PP 0: vector 3", "end of _start on 0: fault"]);
  });
});

it("writes a line that was not ended when the processor leaves", () => {
  const lines = linux.run(image, "case=unended", { exits: 2 });
  expect(lines.slice(-4)).toEqual(["PP 0: -own", "PP 0: -global", "PP 0: no endno end", "end of vmexit on 0: stop"]);
});

it.each([
  ["terminate", ["before", "error: std::terminate was called"]],
  ["abort", ["error: abort() was called"]],
])("%s() fails the callback", (name, words) => {
  const lines = print(name);
  expect(lines.slice(0, words.length)).toEqual(words);
  expect(lines.slice(-2)).toEqual(["vector 3", "fail: 3, 3 caught"]);
});
