// The vocabulary in which the interfaces are described

/** Width of a constant: 32-bit constants become `number` in Node.js, 64-bit ones `bigint`. */
export type Width = "u32" | "u64";

/** One named number, with the sentence that the generated files carry above it. */
export interface Constant {
  readonly name: string;
  readonly value: bigint;
  readonly doc?: string;
}

/** A table of constants of one width; each language gets one section (or file) per table. */
export interface Table {
  readonly kind: "table";
  readonly file: string;
  readonly title: string;
  readonly width: Width;
  readonly constants: readonly Constant[];
}

/** Types of structure fields; a number in brackets repeats the field: `"u64[3]"`. */
export type Scalar = "u8" | "u16" | "u32" | "u64";

/** A structure that two components share in memory. Fields are aligned naturally and never padded silently. */
export interface Structure {
  readonly kind: "structure";
  readonly file: string;
  readonly name: string;
  readonly title: string;
  readonly sizeBytes: number;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly type: Scalar;
  readonly count: number;
  readonly offset: number;
  readonly doc?: string;
}

export type Item = Table | Structure;

/** A system call as a function. */
export interface SystemCall {
  /** In snake case; SYSCALL_ and the name in capitals is its number. */
  readonly name: string;
  readonly doc: string;
  /** Wants the extension's handle in REG0. */
  readonly handle: boolean;
  /** In REG0, or behind the handle in REG1, and following. */
  readonly inputs: readonly CallArgument[];
  /** In REG0 and following. */
  readonly outputs: readonly CallArgument[];
  readonly returns: "always" | "on-failure" | "never";
  /** What its caller must see to, where a wrong call would break the caller's own language rules. */
  readonly unsafe?: string;
}

/** An argument or a result; `pp` (16 bits) and the other names (32 bits) are identifiers of such an object. */
export interface CallArgument {
  readonly name: string;
  readonly type: "vm" | "vp" | "vs" | "pp" | "nested" | "map" | "u32" | "u64";
}

type Entries = Record<string, number | bigint | readonly [number | bigint, string]>;

/** Describes a table: `table("status", "Status codes", "u64", { STATUS_SUCCESS: [0, "The call succeeded."] })`. */
export function table(file: string, title: string, width: Width, entries: Entries): Table {
  const limit = width === "u32" ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
  const constants = Object.entries(entries).map(([name, entry]) => {
    const [raw, doc] = typeof entry === "object" ? entry : [entry, undefined];
    const value = BigInt(raw);
    if (value < 0n || value > limit) throw new RangeError(`${name} does not fit ${width}: ${value}`);
    return { name, value, doc };
  });
  return { kind: "table", file, title, width, constants };
}

/** Describes consecutive numbers: the first name gets `first`, the next one more. */
export function sequence(file: string, title: string, prefix: string, first: number, names: string): Table {
  const entries: Record<string, number> = {};
  names
    .split(/\s+/)
    .filter((name) => name !== "")
    .forEach((name, index) => {
      entries[prefix + name.toUpperCase()] = first + index;
    });
  return table(file, title, "u32", entries);
}

type FieldEntry = Scalar | `${Scalar}[${number}]` | readonly [Scalar | `${Scalar}[${number}]`, string];

/** Fields by name, in their order. */
export type Fields = Readonly<Record<string, FieldEntry>>;

/**
 * Describes a structure. A field that would need padding in front of it, or a size that is no multiple of `unit`, is
 * refused: shared structures spell their padding out. A unit other than eight is for those that others have laid out.
 */
export function structure(file: string, name: string, title: string, entries: Fields, unit = 8): Structure {
  let offset = 0;
  const fields = Object.entries(entries).map(([fieldName, entry]) => {
    const [spelled, doc] = typeof entry === "string" ? [entry, undefined] : entry;
    const match = /^(u8|u16|u32|u64)(?:\[(\d+)\])?$/.exec(spelled);
    if (match === null) throw new SyntaxError(`${name}.${fieldName}: unknown type ${spelled}`);
    const type = match[1] as Scalar;
    const count = match[2] === undefined ? 1 : Number(match[2]);
    const size = scalarSize(type);
    if (offset % size !== 0) throw new RangeError(`${name}.${fieldName} is not aligned to ${size} bytes`);
    const field = { name: fieldName, type, count, offset, doc };
    offset += size * count;
    return field;
  });
  if (offset % unit !== 0) throw new RangeError(`${name} has ${offset} bytes, which is no multiple of ${unit}`);
  return { kind: "structure", file, name, title, sizeBytes: offset, fields };
}

/** Size of a scalar in bytes. */
export function scalarSize(type: Scalar): number {
  return Number(type.slice(1)) / 8;
}

/** Whether a call takes more than REG0 to REG3, or gives more than REG0 and REG1. */
export function takesAll({ handle, inputs, outputs }: SystemCall): boolean {
  return inputs.length + (handle ? 1 : 0) > 4 || outputs.length > 2;
}
