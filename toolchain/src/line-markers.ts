// Lines of TypeScript in the C that wasm2c writes, and so in what debuggers read
//
// wasm2c says nothing of where its statements come from. So the module that it is given has markers between the
// instructions: constants that nobody needs, each of which becomes a line of C. That line is replaced by `#line`.

import type { SourcePlace } from "./source-map.ts";
import { placeOf, readSourceMap } from "./source-map.ts";
import { codeSection, instructionsOf, scanWasm } from "./wasm.ts";

/** Upper 40 bits of a marker; a constant of a source that looks like one costs a wrong line in a debugger. */
const MAGIC = 0x7e_51_c0_de_a5n;
const NUMBER_BITS = 24n;

const I64_CONST = 0x42;
const DROP = 0x1a;
const CODE_SECTION = 10;

/** A module with markers, and the place of each, by its number. */
export interface MarkedModule {
  readonly wasm: Uint8Array;
  readonly places: readonly SourcePlace[];
}

/** Puts a marker in front of each instruction that another line begins with. */
export function markLines(wasm: Uint8Array, sourceMap: string): MarkedModule {
  const code = codeSection(wasm);
  if (code === undefined) return { wasm, places: [] };
  const mappings = readSourceMap(sourceMap);
  const places: SourcePlace[] = [];
  const bodies = scanWasm(wasm).functions.map(({ start, end }) => {
    const pieces: Uint8Array[] = [];
    let copied = start;
    let last: SourcePlace | undefined;
    for (const offset of instructionsOf(wasm, { start, end })) {
      const place = placeOf(mappings, start, offset);
      if (place === undefined || (place.line === last?.line && place.file === last.file)) continue;
      pieces.push(wasm.subarray(copied, offset), marker(places.length));
      places.push(place);
      copied = offset;
      last = place;
    }
    const body = Buffer.concat([...pieces, wasm.subarray(copied, end)]);
    return Buffer.concat([unsigned(body.length), body]);
  });
  const contents = Buffer.concat([unsigned(bodies.length), ...bodies]);
  const section = Buffer.concat([Uint8Array.of(CODE_SECTION), unsigned(contents.length), contents]);
  return { wasm: Buffer.concat([wasm.subarray(0, code.start), section, wasm.subarray(code.end)]), places };
}

/** The C that wasm2c wrote of a marked module, with `#line` in the place of markers; what it wrote by itself has no lines. */
export function placeLines(source: string, places: readonly SourcePlace[]): string {
  return source.replace(FUNCTIONS, (text) => {
    // What stands before the first marker, the parameters, belongs to the first line.
    const pieces: { place: SourcePlace | undefined; lines: string[] }[] = [{ place: undefined, lines: [] }];
    for (const line of text.split("\n")) {
      const place = placeOfMarker(line, places);
      if (place === undefined) pieces.at(-1)?.lines.push(line);
      else if (pieces[0] !== undefined && pieces[0].place === undefined) pieces[0].place = place;
      else pieces.push({ place, lines: [] });
    }
    const placed = pieces.map(({ place, lines }) => onOneLine(place === undefined ? NOWHERE : directive(place), lines));
    return [...placed, NOWHERE].join("\n");
  });
}

/** One line of TypeScript is one of C: the next one would be taken for the next line. The preprocessor's stay apart. */
function onOneLine(place: string, lines: readonly string[]): string {
  let text = "";
  let isApart = true;
  for (const line of lines) {
    const isDirective = line.startsWith("#");
    text += isDirective ? `\n${line}` : isApart ? `\n${place}\n${line}` : ` ${line}`;
    isApart = isDirective;
  }
  return text;
}

function placeOfMarker(line: string, places: readonly SourcePlace[]): SourcePlace | undefined {
  const value = BigInt(MARKER.exec(line)?.[1] ?? 0);
  return value >> NUMBER_BITS === MAGIC ? places[Number(value & ((1n << NUMBER_BITS) - 1n))] : undefined;
}

const FUNCTIONS = /^(?:static )?\w+ w2c_\w+\(w2c_\w+\* instance[^;]*?\{$.*?^\}$/gms;
const MARKER = /^\s*var_j\d+ = (\d+)ull;$/;

/** What wasm2c wrote by itself. */
const NOWHERE = '#line 1 "<generated>"';

const directive = ({ file, line }: SourcePlace) => `#line ${line} ${JSON.stringify(file)}`;

function marker(number: number): Uint8Array {
  const value = (MAGIC << NUMBER_BITS) | BigInt(number);
  return Uint8Array.of(I64_CONST, ...signed(value), DROP);
}

/** LEB128 of a number without a sign. */
function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.of(...bytes, rest);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** LEB128 of a positive number with a sign. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x40n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
