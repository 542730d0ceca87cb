// ELF64 files as bytes, with every mistake that a test asks for

/** One program header and its bytes; sizes and offset follow from `data` unless they are given. */
export interface SegmentSpec {
  readonly type: number;
  readonly flags?: number;
  readonly address?: bigint;
  readonly data?: Uint8Array;
  readonly fileBytes?: bigint;
  readonly memoryBytes?: bigint;
  readonly offset?: bigint;
  readonly align?: bigint;
}

/** A file; what is not given is what a valid executable has. */
export interface ElfSpec {
  readonly entry?: bigint;
  readonly segments: readonly SegmentSpec[];
  readonly magic?: number;
  readonly class?: number;
  readonly endianness?: number;
  readonly identVersion?: number;
  readonly abi?: number;
  readonly abiVersion?: number;
  readonly type?: number;
  readonly machine?: number;
  readonly version?: number;
  readonly programHeaderOffset?: bigint;
  readonly programHeaderBytes?: number;
  readonly programHeaderCount?: number;
}

/** Segment types and flags. */
export const PT = { LOAD: 1, DYNAMIC: 2, INTERP: 3, NOTE: 4, TLS: 7, GNU_STACK: 0x6474_e551 } as const;
export const PF = { X: 1, W: 2, R: 4 } as const;

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** Lays a file out: header, program headers, then the segments' bytes one behind the other at multiples of 8. */
export function buildElf(spec: ElfSpec): Uint8Array {
  const tableBytes = spec.segments.length * PROGRAM_HEADER_BYTES;
  let end = HEADER_BYTES + tableBytes;
  const places = spec.segments.map(({ data }) => {
    const place = Math.ceil(end / 8) * 8;
    end = place + (data?.length ?? 0);
    return place;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, spec.magic ?? 0x7f45_4c46);
  bytes.set([spec.class ?? 2, spec.endianness ?? 1, spec.identVersion ?? 1, spec.abi ?? 0, spec.abiVersion ?? 0], 4);
  view.setUint16(16, spec.type ?? 2, true);
  view.setUint16(18, spec.machine ?? 62, true);
  view.setUint32(20, spec.version ?? 1, true);
  view.setBigUint64(24, spec.entry ?? spec.segments[0]?.address ?? 0n, true);
  view.setBigUint64(32, spec.programHeaderOffset ?? BigInt(HEADER_BYTES), true);
  view.setUint16(52, HEADER_BYTES, true);
  view.setUint16(54, spec.programHeaderBytes ?? PROGRAM_HEADER_BYTES, true);
  view.setUint16(56, spec.programHeaderCount ?? spec.segments.length, true);
  spec.segments.forEach((segment, index) => {
    const place = places[index] ?? end;
    const at = HEADER_BYTES + index * PROGRAM_HEADER_BYTES;
    const fileBytes = segment.fileBytes ?? BigInt(segment.data?.length ?? 0);
    view.setUint32(at, segment.type, true);
    view.setUint32(at + 4, segment.flags ?? PF.R, true);
    view.setBigUint64(at + 8, segment.offset ?? BigInt(place), true);
    view.setBigUint64(at + 16, segment.address ?? 0n, true);
    view.setBigUint64(at + 24, segment.address ?? 0n, true);
    view.setBigUint64(at + 32, fileBytes, true);
    view.setBigUint64(at + 40, segment.memoryBytes ?? fileBytes, true);
    view.setBigUint64(at + 48, segment.align ?? (segment.type === PT.LOAD ? 4096n : 4n), true);
    bytes.set(segment.data ?? [], place);
  });
  return bytes;
}

/** Bytes of one note, name and descriptor padded to multiples of 4, or of 8. */
export function buildNote(owner: string, type: number, descriptor: Uint8Array, padding: 4 | 8 = 4): Uint8Array {
  const nameBytes = owner.length + 1;
  const padded = (size: number) => Math.ceil(size / padding) * padding;
  const descriptorAt = padded(12 + nameBytes);
  const bytes = new Uint8Array(padded(descriptorAt + descriptor.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nameBytes, true);
  view.setUint32(4, descriptor.length, true);
  view.setUint32(8, type, true);
  bytes.set(new TextEncoder().encode(owner), 12);
  bytes.set(descriptor, descriptorAt);
  return bytes;
}

/** Little-endian bytes of some integers of `size` bytes each. */
export function littleEndian(size: number, ...values: readonly (number | bigint)[]): Uint8Array {
  const bytes = new Uint8Array(size * values.length);
  values.forEach((value, index) => {
    for (let i = 0; i < size; i++) bytes[index * size + i] = Number((BigInt(value) >> BigInt(8 * i)) & 255n);
  });
  return bytes;
}
