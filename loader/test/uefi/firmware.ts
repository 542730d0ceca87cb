// A UEFI firmware made of JavaScript, with one volume, and a microkernel that takes its processor

import { createHash } from "node:crypto";
import {
  BOOT_ARGS_POLICY_BYTES,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_REPORT_PHASE,
  BOOT_REPORT_STATUS,
  CPUID_CONTROL_STOP,
  EFI_DIGESTS_BYTES,
  EFI_DIGESTS_DIGEST,
  EXT_POLICY_BASE,
  PHASE_RUNNING,
  PHASE_START,
  PHASE_STOPPED,
  PP_AREA_BASE,
  PP_ARGS,
  SAVED_STATE_HOST_CR3,
} from "@bareflank/abi";
import { littleEndian, loadPart, SimulatedMemory } from "@bareflank/bsl/test-support";
import { translate } from "../machine/page-walk.ts";
import { Processor } from "../machine/processor.ts";

interface Application {
  uefiMain(image: bigint, table: bigint): bigint;
  platform_runOnCpu(index: number, operation: number): number;
  [name: `platform_${string}`]: (...args: never[]) => unknown;
}

/** Handles, tables and protocols; each function of them has an address of its own. */
const IMAGE = 0x100n;
const DEVICE = 0x200n;
const TABLES = 0x7000_0000n;
const FUNCTIONS = 0x7100_0000n;
const HANDOFF = 0x7200_0000n;
const GDT = 0x7300_0000n;
const DIGESTS = 0x7400_0000n;
const MEMORY = 0x1000_0000n;
/** The application's copy of itself. */
export const OWN_IMAGE = 0x0fff_d000n;
export const OWN_IMAGE_BYTES = 0x3000n;
const PAGE = 4096n;

/** EFI_STATUS. */
export const ERROR = 1n << 63n;
export const EFI = {
  success: 0n,
  notFound: ERROR | 14n,
  notReady: ERROR | 6n,
  unsupported: ERROR | 3n,
  notStarted: ERROR | 19n,
  securityViolation: ERROR | 26n,
} as const;
export const RUNTIME_SERVICES_DATA = 6n;

/** The machine was restarted. */
export class Restart extends Error {}

interface Block {
  readonly address: bigint;
  readonly pages: bigint;
  readonly type: bigint;
}

type Call = (...args: bigint[]) => bigint;

/** An image that was started. */
interface Started {
  readonly path: string;
  readonly options: string;
}

export class Firmware {
  readonly memory = new SimulatedMemory();
  readonly processor = new Processor(0);
  /** Content of the volume by its path, in capital letters. */
  readonly files = new Map<string, Uint8Array | "folder">();
  /** Scan codes of keys that were pressed. */
  readonly keys: number[] = [];
  readonly blocks: Block[] = [];
  readonly started: Started[] = [];
  /** The processors that the firmware knows: whether each is enabled. Undefined: it has no service for them. */
  processors: readonly boolean[] | undefined;
  hasVolume = true;
  /** The map of memory: type, address and pages of each piece. */
  readonly pieces: [type: bigint, address: bigint, pages: bigint][] = [[7n, 0x10_0000n, 0x1ff00n]];
  /** Device path nodes of the console, as 16 bits of type and subtype. */
  console: readonly number[] = [];
  /** The variable SecureBoot; undefined: there is none. */
  isSecureBoot: boolean | undefined;
  /** What a call of LoadImage() ends with. */
  loadStatus: bigint = EFI.success;
  /** What the kernel returns: BOOT_*. */
  kernelStatus = 0;
  /** What the kernel got as ExtensionPolicy of all extensions. */
  policies = new Uint8Array();
  /** Where the first processor's BootReport is, and all others'. */
  reports = 0n;
  /** Pages that AllocatePages() has. */
  pagesLeft = 1 << 20;
  /** What was printed on the console, and written to COM1. */
  text = "";
  serial = "";
  /** EfiLoadOptions of the image that LoadImage() made. */
  #next = MEMORY;
  /** The time stamp counter, a million ticks in a millisecond: the firmware took 1.2349 s. */
  #clock = 1_234_900_000n;
  #handles = 0x1000n;
  readonly #functions: Call[] = [];
  readonly #table: bigint;
  readonly #protocols = new Map<string, bigint>();
  readonly #paths = new Map<bigint, string>();
  readonly #application: Application;

  constructor() {
    const { memory, processor } = this;
    processor.selectors[7] = 0;
    processor.gdt = GDT;
    processor.gdtLimit = 0x47;
    processor.cr[4] = 0x668n;
    memory.map(GDT, 4096);
    memory.write(GDT, littleEndian(8, 0n, 0n, 0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn, 0n, 0n, 0n, 0n, 0n));
    memory.map(HANDOFF, 4096);
    memory.map(DIGESTS, EFI_DIGESTS_BYTES);
    [0xab, 0x123, 0x1cd, 0x456].forEach((offset, index) => {
      memory.poke(HANDOFF + BigInt(4 * index), 4, BigInt(offset));
    });
    memory.map(TABLES, 0x4_0000);
    this.#table = this.#makeTables();
    const own: { application?: Application } = {};
    const platform = new Proxy({} as Record<string, (...args: never[]) => unknown>, {
      get:
        (_, name: string) =>
        (...args: never[]) =>
          own.application?.[`platform_${name}`]?.(...args),
    });
    const part = loadPart<Application>("bareflank", {
      memory,
      intrinsics: {
        platform: Object.fromEntries(PLATFORM.map((name) => [name, platform[name] as () => unknown])),
        cpu: processor.intrinsics(),
        handoff: { page: () => HANDOFF, demote: (state: bigint) => this.#demote(unsigned(state)) },
        firmware: this.#instructions(),
      },
    });
    own.application = part.exports;
    this.#application = part.exports;
  }

  /** Puts a text, or bytes, on the volume. */
  file(path: string, content: Uint8Array | string): this {
    this.files.set(path.toUpperCase(), typeof content === "string" ? new TextEncoder().encode(content) : content);
    return this;
  }

  /** Tells the operating system of something by a configuration table: the two halves of its GUID. */
  configure(first: bigint, rest: bigint, pointer: bigint): this {
    const tables = this.memory.peek(this.#table + 112n, 8);
    const count = this.memory.peek(this.#table + 104n, 8);
    this.memory.write(tables + 24n * count, littleEndian(8, first, rest, pointer));
    this.memory.poke(this.#table + 104n, 8, count + 1n);
    return this;
  }

  /** Writes the digests of these contents into the application, as `bfm efi install --sign` does; undefined: no such file. */
  sign(contents: readonly (Uint8Array | string | undefined)[]): this {
    this.memory.poke(DIGESTS, 4, BigInt(contents.length));
    for (const [index, content] of contents.entries()) {
      const digest = content === undefined ? new Uint8Array(32) : createHash("sha256").update(content).digest();
      this.memory.write(DIGESTS + BigInt(EFI_DIGESTS_DIGEST + 32 * index), digest);
    }
    return this;
  }

  /** Runs the application: what it returns. */
  run(): bigint {
    return unsigned(this.#application.uefiMain(IMAGE, this.#table));
  }

  /** The lines that were printed, without times. */
  get lines(): string[] {
    return this.text.split("\r\n").map((line) => line.replace(/^bareflank: +\d+\.\d ms {2}/, ""));
  }

  #instructions() {
    return {
      call: (address: bigint, ...args: bigint[]) => {
        const call = this.#functions[Number(unsigned(address) - FUNCTIONS)];
        if (call === undefined) throw new Error(`no function at 0x${unsigned(address).toString(16)}`);
        return call(...args.map(unsigned));
      },
      fileDigests: () => DIGESTS,
      processorProcedure: () => FUNCTIONS - 1n,
      imageBase: () => OWN_IMAGE,
      imageBytes: () => OWN_IMAGE_BYTES,
      outb: (_: number, value: number) => {
        this.serial += String.fromCharCode(value);
      },
      inb: () => 0x60,
      rdtsc: () => (this.#clock += 1000n),
      disableInterrupts: () => 0x202n,
      restoreFlags: (flags: bigint) => {
        if (flags !== 0x202n) throw new Error("other flags are restored than were saved");
      },
      loadTables: (base: bigint, limit: number, selector: number) => {
        this.processor.gdt = unsigned(base);
        this.processor.gdtLimit = limit;
        this.processor.selectors[7] = selector;
      },
    };
  }

  /** Address of a table whose functions lie at these offsets, and whose other words are these values. */
  #makeTable(functions: Readonly<Record<number, Call>>, values: Readonly<Record<number, bigint>> = {}): bigint {
    const at = TABLES + BigInt(this.#protocols.size + this.#tables++) * 0x400n;
    for (const [offset, call] of Object.entries(functions)) {
      this.memory.poke(at + BigInt(offset), 8, FUNCTIONS + BigInt(this.#functions.push(call) - 1));
    }
    for (const [offset, value] of Object.entries(values)) this.memory.poke(at + BigInt(offset), 8, value);
    return at;
  }
  #tables = 0;

  #makeTables(): bigint {
    const put = (at: bigint, value: bigint) => this.memory.poke(at, 8, value);
    const out = this.#makeTable({
      8: (_, text = 0n) => {
        this.text += this.#textAt(text);
        return EFI.success;
      },
    });
    const input = this.#makeTable({
      8: (_, key = 0n) => {
        const scan = this.keys.shift();
        if (scan === undefined) return EFI.notReady;
        this.memory.poke(key, 4, BigInt(scan));
        return EFI.success;
      },
    });
    const services = this.#makeTable({
      40: (_, type = 0n, pages = 0n, result = 0n) => this.#allocate(type, pages, result),
      48: (address = 0n, pages = 0n) => this.#free(address, pages),
      56: (size = 0n, map = 0n, _key = 0n, bytes = 0n) => {
        const entries = this.pieces.map(([type, address, pages]) => [type, address, 0n, pages, 0n, 0n]);
        this.memory.write(map, littleEndian(8, ...entries.flat()));
        put(size, BigInt(48 * entries.length));
        put(bytes, 48n);
        return EFI.success;
      },
      152: (handle = 0n, guid = 0n, result = 0n) => {
        const protocol = this.#protocolOf(handle, this.memory.peek(guid, 8));
        if (protocol === undefined) return EFI.unsupported;
        put(result, protocol);
        return EFI.success;
      },
      200: (_policy, _parent, path = 0n, _source, _bytes, result = 0n) => this.#load(path, result),
      208: (image = 0n) => {
        const loaded = this.#protocols.get(`${image}`) ?? 0n;
        const options = this.memory.peek(loaded + 56n, 8);
        const bytes = Number(this.memory.peek(loaded + 48n, 4));
        const text = options === 0n ? "" : this.#textAt(options);
        if (bytes !== (options === 0n ? 0 : 2 * (text.length + 1))) throw new Error("the options' size is wrong");
        this.started.push({ path: this.#paths.get(image) ?? "", options: text });
        return EFI.success;
      },
      248: (microseconds = 0n) => {
        this.#clock += microseconds * 1000n;
        return EFI.success;
      },
      256: () => EFI.success,
      320: (_guid, _registration, result = 0n) => {
        if (this.processors === undefined) return EFI.notFound;
        put(result, mp);
        return EFI.success;
      },
    });
    const mp = this.#makeTable({
      0: (_, all = 0n, enabled = 0n) => {
        put(all, BigInt(this.processors?.length ?? 0));
        put(enabled, BigInt(this.processors?.filter(Boolean).length ?? 0));
        return EFI.success;
      },
      8: (_, number = 0n, result = 0n) => {
        put(result, number);
        this.memory.poke(result + 8n, 4, (number === 0n ? 1n : 0n) | (this.processors?.[Number(number)] ? 2n : 0n));
        return EFI.success;
      },
    });
    const runtime = this.#makeTable({
      72: (name = 0n, _guid, _attributes, size = 0n, data = 0n) => {
        const variable = this.#textAt(name);
        if (variable === "SecureBoot" && this.isSecureBoot !== undefined) {
          put(size, 1n);
          this.memory.poke(data, 1, this.isSecureBoot ? 1n : 0n);
          return EFI.success;
        }
        if (variable !== "ConOut") return EFI.notFound;
        const nodes = littleEndian(2, ...[...this.console, 0xff7f].flatMap((type) => [type, 4]));
        put(size, BigInt(nodes.length));
        this.memory.write(data, nodes);
        return EFI.success;
      },
      104: () => {
        throw new Restart();
      },
    });
    this.#protocols.set("volume", this.#makeTable({ 8: (_, result = 0n) => this.#openVolume(result) }));
    this.#protocols.set(`${IMAGE}`, this.#makeTable({}, { 24: DEVICE }));
    const path = this.#makeTable({});
    this.memory.write(path, littleEndian(2, 0x0c01, 8, 0x1234, 0x5678, 0xff7f, 4));
    this.#protocols.set("path", path);
    return this.#makeTable({}, { 48: input, 64: out, 88: runtime, 96: services, 112: this.#makeTable({}) });
  }

  #protocolOf(handle: bigint, guid: bigint): bigint | undefined {
    if (guid === 0x11d2_9562_5b1b_31a1n) return this.#protocols.get(`${handle}`);
    if (handle !== DEVICE) return undefined;
    if (guid === 0x11d2_6459_964e_5b22n) return this.hasVolume ? this.#protocols.get("volume") : undefined;
    return guid === 0x11d2_6d3f_0957_6e91n ? this.#protocols.get("path") : undefined;
  }

  #openVolume(result: bigint): bigint {
    const root = this.#makeTable({
      8: (_, file = 0n, name = 0n, mode = 0n) => {
        if (mode !== 1n) throw new Error("a file is opened for more than reading");
        const content = this.files.get(this.#textAt(name).toUpperCase());
        if (content === undefined) return EFI.notFound;
        this.memory.poke(file, 8, this.#openFile(content));
        return EFI.success;
      },
    });
    this.memory.poke(result, 8, root);
    return EFI.success;
  }

  #openFile(content: Uint8Array | "folder"): bigint {
    let position = 0n;
    return this.#makeTable({
      16: () => EFI.success,
      32: (_, size = 0n, buffer = 0n) => {
        if (content === "folder") return EFI.unsupported;
        const bytes = content.subarray(Number(position), Number(position + this.memory.peek(size, 8)));
        this.memory.write(buffer, bytes);
        this.memory.poke(size, 8, BigInt(bytes.length));
        return EFI.success;
      },
      48: (_, result = 0n) => {
        this.memory.poke(result, 8, position);
        return EFI.success;
      },
      56: (_, wanted = 0n) => {
        if (content === "folder") return wanted === 0n ? EFI.success : EFI.unsupported;
        position = wanted === 0xffff_ffff_ffff_ffffn ? BigInt(content.length) : wanted;
        return EFI.success;
      },
    });
  }

  /** A file of the volume by its device path: the device's, and a node with its name. */
  #load(path: bigint, result: bigint): bigint {
    const device = littleEndian(2, 0x0c01, 8, 0x1234, 0x5678);
    if (Buffer.compare(this.memory.read(path, 8), device) !== 0) throw new Error("another device");
    if (this.memory.peek(path + 8n, 2) !== 0x0404n) throw new Error("no file's node");
    const name = this.#textAt(path + 12n);
    const end = path + 8n + this.memory.peek(path + 10n, 2);
    if (this.memory.peek(end, 4) !== 0x0004_ff7fn || end !== path + 14n + BigInt(2 * name.length)) {
      throw new Error("the device path has no end where it should");
    }
    if (!this.files.has(name.toUpperCase())) return EFI.notFound;
    if (this.loadStatus !== EFI.success) return this.loadStatus;
    const image = this.#handles++;
    this.#paths.set(image, name);
    this.#protocols.set(`${image}`, this.#makeTable({}));
    this.memory.poke(result, 8, image);
    return EFI.success;
  }

  #allocate(type: bigint, pages: bigint, result: bigint): bigint {
    if (BigInt(this.pagesLeft) < pages) return ERROR | 9n;
    this.pagesLeft -= Number(pages);
    // Dirty, as memory is, and never at a multiple of what was asked for
    const address = this.#next + PAGE;
    this.#next = address + pages * PAGE;
    this.memory.map(address, Number(pages * PAGE));
    this.memory.fill(address, 0xa5, Number(pages * PAGE));
    this.memory.poke(result, 8, address);
    this.blocks.push({ address, pages, type });
    return EFI.success;
  }

  /** Whole blocks, or parts of them. */
  #free(address: bigint, pages: bigint): bigint {
    const end = address + pages * PAGE;
    const index = this.blocks.findIndex(
      (block) => block.address <= address && end <= block.address + block.pages * PAGE,
    );
    const block = this.blocks[index];
    if (block === undefined) throw new Error(`0x${address.toString(16)} is not taken`);
    this.pagesLeft += Number(pages);
    const before = { ...block, pages: (address - block.address) / PAGE };
    const behind = { ...block, address: end, pages: (block.address + block.pages * PAGE - end) / PAGE };
    this.blocks.splice(index, 1, ...[before, behind].filter((piece) => piece.pages > 0n));
    return EFI.success;
  }

  #textAt(address: bigint): string {
    let text = "";
    for (let at = address; ; at += 2n) {
      const unit = Number(this.memory.peek(at, 2));
      if (unit === 0) return text;
      text += String.fromCharCode(unit);
    }
  }

  /** The microkernel, seen from outside: it takes the processor, or gives it back at once. */
  #demote(state: bigint): bigint {
    const root = this.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8);
    const at = (address: bigint) => translate(this.memory, root, address, (physical) => physical);
    const args = at(PP_AREA_BASE + BigInt(PP_ARGS));
    const policyBytes = Number(this.memory.peek(args + BigInt(BOOT_ARGS_POLICY_BYTES), 8));
    this.policies = Uint8Array.from({ length: policyBytes }, (_, offset) =>
      Number(this.memory.peek(at(EXT_POLICY_BASE + BigInt(offset)), 1)),
    );
    const report = this.memory.peek(args + BigInt(BOOT_ARGS_REPORT_PHYS), 8);
    this.reports = report;
    const setPhase = (phase: number) => this.memory.poke(report + BigInt(BOOT_REPORT_PHASE), 4, BigInt(phase));
    setPhase(this.kernelStatus === 0 ? PHASE_RUNNING : PHASE_START);
    this.memory.poke(report + BigInt(BOOT_REPORT_STATUS), 4, BigInt(this.kernelStatus));
    if (this.kernelStatus !== 0) return BigInt(this.kernelStatus);
    this.processor.isInside = true;
    const answer = this.processor.onControl;
    this.processor.onControl = (command) => {
      if (command === CPUID_CONTROL_STOP) setPhase(PHASE_STOPPED);
      return answer(command);
    };
    return 0n;
  }
}

const unsigned = (value: bigint) => BigInt.asUintN(64, value);

/** What loader/src/platform.ts imports. */
const PLATFORM = [
  ...["allocatePages", "freePages", "physicalAddress", "listRam", "ramBase", "ramEnd", "watchSignals", "now"],
  ...["onlineCpus", "listCpus", "cpuNumber", "runOnCpu", "sendNmi", "tscKhz", "injectedFailure", "randomNumber"],
  ...["forcedMitigations", "debugLevel", "copyFromCaller", "copyToCaller"],
];
