// Static data of a module: wasm2c's many arrays and copies of them become one array of words and a loop
//
//   static const u8 data_segment_data_w2c_kernel_d0[] = { 0x02, … };
//   LOAD_DATA(instance->w2c_memory, 65548u, data_segment_data_w2c_kernel_d0, 28);
//
//   module_data[] = { 65548, 7, seven words,  where the next piece goes, its words, …  0, 0 }

const ARRAY = /^static const u8 (data_segment_data_\w+)\[\] = \{([^}]*)\};\n/gm;
const COPY = /^ *LOAD_DATA\(instance->(\w+), (\d+)u, (data_segment_data_\w+), \d+\);\n/gm;

const WORD_BYTES = 4;
/** Two words in front of each piece: zeros between two pieces are cheaper when there are fewer. */
const HEAD_BYTES = 2 * WORD_BYTES;

interface Piece {
  readonly to: number;
  readonly bytes: number[];
}

/** The functions of a module as wasm2c wrote them, with their data packed. */
export function packData(source: string): string {
  const arrays = new Map([...source.matchAll(ARRAY)].map(([, name = "", text = ""]) => [name, bytesOf(text)] as const));
  const copies = [...source.matchAll(COPY)].map(([, , to, name = ""]) => {
    return { to: Number(to), bytes: arrays.get(name) ?? [] };
  });
  const pieces = joinNeighbours(copies.sort((left, right) => left.to - right.to));
  const words = [...pieces.flatMap(wordsOf), 0, 0];
  let loop = (memory: string) =>
    [
      "  for (const u32 *at = module_data; at[1] != 0; at += 2 + at[1])",
      `    LOAD_DATA(instance->${memory}, at[0], at + 2, 4 * at[1]);`,
    ].join("\n");
  const functions = source.replace(ARRAY, "").replace(COPY, (_, memory: string) => {
    const text = loop(memory);
    loop = () => "";
    return text;
  });
  return copies.length === 0 ? source : `static const u32 module_data[] = {${words.join(",")}};\n${functions}`;
}

const bytesOf = (text: string) =>
  [...text.matchAll(/0x([0-9a-f]{2})/gi)].map(([, digits = ""]) => Number.parseInt(digits, 16));

/** Pieces that begin at a word, with so many zeros between them that none ends in another's first word. */
function joinNeighbours(copies: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { to, bytes } of copies) {
    const last = pieces.at(-1);
    const end = last === undefined ? Number.NEGATIVE_INFINITY : last.to + last.bytes.length;
    if (last !== undefined && to - end < HEAD_BYTES) last.bytes.push(...zeros(to - end), ...bytes);
    else pieces.push({ to: to - (to % WORD_BYTES), bytes: [...zeros(to % WORD_BYTES), ...bytes] });
  }
  return pieces;
}

const zeros = (count: number) => new Array<number>(count).fill(0);

function wordsOf({ to, bytes }: Piece): number[] {
  const words = Math.ceil(bytes.length / WORD_BYTES);
  const view = new DataView(Uint8Array.from([...bytes, ...zeros(WORD_BYTES)]).buffer);
  return [to, words, ...Array.from({ length: words }, (_, index) => view.getUint32(index * WORD_BYTES, true))];
}
