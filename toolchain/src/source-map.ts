// Source maps of WebAssembly binaries: from a byte offset to a line of TypeScript

/** A place in a source file; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Mapping extends SourcePlace {
  readonly offset: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** All mappings of a map (version 3, one generated line, as Binaryen writes it), by ascending offset. */
export function readSourceMap(json: string): readonly Mapping[] {
  const map = JSON.parse(json) as { sources: string[]; mappings: string };
  const mappings: Mapping[] = [];
  const state = [0, 0, 0, 0];
  for (const segment of map.mappings.split(",")) {
    const deltas = decodeNumbers(segment);
    deltas.forEach((delta, field) => {
      state[field] = (state[field] ?? 0) + delta;
    });
    if (deltas.length < 4) continue;
    const [offset = 0, source = 0, line = 0, column = 0] = state;
    mappings.push({ offset, file: map.sources[source] ?? "?", line: line + 1, column: column + 1 });
  }
  return mappings;
}

/** The place that the instruction at `offset` came from; nothing when no mapping lies in [start, offset]. */
export function placeOf(mappings: readonly Mapping[], start: number, offset: number): SourcePlace | undefined {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((mappings[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const candidate = mappings[low - 1];
  return candidate !== undefined && candidate.offset >= start ? candidate : undefined;
}

function decodeNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) !== 0 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
