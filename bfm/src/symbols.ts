// From addresses to the TypeScript functions they lie in, by an ELF file's symbol table

/** Names of functions by address, sorted. */
export interface SymbolFile {
  /** GNU build id in hexadecimal, or undefined. */
  readonly buildId: string | undefined;
  readonly functions: readonly FunctionSymbol[];
}

export interface FunctionSymbol {
  readonly address: bigint;
  readonly sizeBytes: bigint;
  readonly name: string;
}

/** (System V gABI, chapter 4) */
const SHT_SYMTAB = 2;
const SHT_NOTE = 7;
const STT_FUNC = 2;
const SYMBOL_BYTES = 24;
/** Functions of assembly may have no size: they last until the next symbol, but not longer than this. */
const UNSIZED_BYTES = 4096n;
const NT_GNU_BUILD_ID = 3;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly link: number;
}

/** Reads the functions of a 64-bit little endian ELF file; throws a RangeError when it has none. */
export function readSymbols(file: Buffer): SymbolFile {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) throw new RangeError("it is no ELF file");
  const sections = readSections(file);
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = table && sections[table.link];
  if (table === undefined || strings === undefined) throw new RangeError("it is stripped");
  const functions: FunctionSymbol[] = [];
  for (let at = table.offset; at < table.offset + table.sizeBytes; at += SYMBOL_BYTES) {
    if ((file.readUInt8(at + 4) & 0xf) !== STT_FUNC) continue;
    const start = strings.offset + file.readUInt32LE(at);
    functions.push({
      address: file.readBigUInt64LE(at + 8),
      sizeBytes: file.readBigUInt64LE(at + 16),
      name: typescriptName(file.toString("latin1", start, file.indexOf(0, start))),
    });
  }
  functions.sort((a, b) => (a.address < b.address ? -1 : Number(a.address > b.address)));
  return { buildId: readBuildId(file, sections), functions };
}

/** Puts a function's name and the offset in it behind every hexadecimal address that lies in one. */
export function nameAddresses(text: string, files: readonly SymbolFile[]): string {
  if (files.length === 0) return text;
  return text.replace(/\b0x[0-9a-f]{6,16}\b/gi, (address) => {
    const name = files.map((file) => nameOf(file, BigInt(address))).find((found) => found !== undefined);
    return name === undefined ? address : `${address} (${name})`;
  });
}

/**
 * wasm2c's name of a function as TypeScript has it: `w2c_kernel_kernel0x2Fsrc0x2Fpool0x2FPool0x23allocate` is
 * `kernel/src/pool/Pool#allocate`. Names of C and assembly stay as they are, but for what LLVM puts behind a dot.
 */
export function typescriptName(symbol: string): string {
  const base = symbol.split(".", 1)[0] ?? symbol;
  const match = /^(?:wrap_)?w2c_[a-z0-9]+?_(.+)$/i.exec(base);
  if (match?.[1] === undefined) return base;
  return match[1].replace(/0x([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function nameOf({ functions }: SymbolFile, address: bigint): string | undefined {
  let low = 0;
  let high = functions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((functions[middle]?.address ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  const found = functions[low - 1];
  if (found === undefined || address >= found.address + (found.sizeBytes || UNSIZED_BYTES)) return undefined;
  const offset = address - found.address;
  return offset === 0n ? found.name : `${found.name}+0x${offset.toString(16)}`;
}

function readSections(file: Buffer): Section[] {
  const start = Number(file.readBigUInt64LE(40));
  const entryBytes = file.readUInt16LE(58);
  return Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = start + index * entryBytes;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      sizeBytes: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
    };
  });
}

function readBuildId(file: Buffer, sections: readonly Section[]): string | undefined {
  for (const { type, offset, sizeBytes } of sections) {
    if (type !== SHT_NOTE) continue;
    for (let at = offset; at + 12 <= offset + sizeBytes; ) {
      const nameBytes = file.readUInt32LE(at);
      const bytes = file.readUInt32LE(at + 4);
      const descriptor = at + 12 + align4(nameBytes);
      const isGnu = file.toString("latin1", at + 12, at + 16) === "GNU\0";
      if (isGnu && file.readUInt32LE(at + 8) === NT_GNU_BUILD_ID)
        return file.toString("hex", descriptor, descriptor + bytes);
      at = descriptor + align4(bytes);
    }
  }
  return undefined;
}

function align4(value: number): number {
  return (value + 3) & ~3;
}
