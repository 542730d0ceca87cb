// What IOCTL_MEMORY answers: MemoryExchange as the microkernel has just written it, and MemoryLoans of the driver

import * as abi from "@bareflank/abi";
import type { Block } from "./blocks.ts";

const PAGE_BYTES = 4096;
const ORDERS = 11;

/** What happened to the hypervisor's memory, and when. */
export interface MemoryEvent {
  readonly time: string;
  readonly event: string;
  readonly bytes: number;
  /** Why the microkernel refused a chunk: GIVE_*. */
  readonly reason?: string;
}

/** Who has which memory of the hypervisor's. */
export interface Memory {
  /** All that it holds, files and debug ring included: when it had started, now, and at most. */
  readonly startBytes: number;
  readonly heldBytes: number;
  readonly mostBytes: number;
  /** Chunks of the pool, and how many of those that came since the start have 2^n pages. */
  readonly chunks: number;
  readonly lentChunks: Readonly<Record<number, number>>;
  readonly pages: {
    readonly total: number;
    readonly free: number;
    /** Given back, and waiting until every processor has flushed. */
    readonly waiting: number;
    /** The microkernel asks when fewer are free, and gives back what leaves so many. */
    readonly low: number;
    readonly high: number;
  };
  /** Memory in a row that is in no pool: of a mem_alloc_huge that was larger than that has blocks. */
  readonly runs: { readonly count: number; readonly taken: number; readonly pages: number };
  /** Free blocks of 2^n pages. */
  readonly freeBlocks: readonly number[];
  readonly slabs: readonly {
    readonly name: string;
    readonly objectBytes: number;
    readonly used: number;
    readonly total: number;
    readonly pages: number;
  }[];
  /** Pages by owner; those of VMs are the kernel's. */
  readonly owners: {
    readonly kernel: number;
    readonly extensions: readonly { readonly name: string; readonly pages: number }[];
    readonly vms: readonly { readonly id: number; readonly pages: number }[];
  };
  /** The last events, oldest first, and how many there were. */
  readonly events: readonly MemoryEvent[];
  readonly eventCount: number;
}

export const MEMORY_REPORT_BYTES = abi.MEMORY_EXCHANGE_BYTES + abi.MEMORY_LOANS_BYTES;

const eventNames: Readonly<Record<number, string>> = {
  [abi.MEMORY_EVENT_ASKED]: "asked",
  [abi.MEMORY_EVENT_GIVEN]: "given",
  [abi.MEMORY_EVENT_RETURNED]: "returned",
  [abi.MEMORY_EVENT_NO_MEMORY]: "no memory",
  [abi.MEMORY_EVENT_LIMIT]: "limit",
  [abi.MEMORY_EVENT_REFUSED]: "refused",
};

/** Names of GIVE_*, as scripts see them. */
export const giveNames: Readonly<Record<number, string>> = {
  [abi.GIVE_SIZE]: "GIVE_SIZE",
  [abi.GIVE_NOT_RAM]: "GIVE_NOT_RAM",
  [abi.GIVE_OWNED]: "GIVE_OWNED",
  [abi.GIVE_NO_ROOM]: "GIVE_NO_ROOM",
  [abi.GIVE_NO_TABLES]: "GIVE_NO_TABLES",
};

/** Reads the answer. `names`: of the loaded extensions, empty where there is no manifest. */
export function readMemory(answer: Block, names: readonly string[]): Memory {
  const long = (offset: number) => Number(answer.get64(offset));
  const list = <T>(count: number, item: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => item(index));
  const loans = abi.MEMORY_EXCHANGE_BYTES;
  const lent = list(
    ORDERS,
    (order) => [order, answer.get32(loans + abi.MEMORY_LOANS_LENT_CHUNKS + 4 * order)] as const,
  );
  return {
    startBytes: long(loans + abi.MEMORY_LOANS_START_BYTES),
    heldBytes: long(loans + abi.MEMORY_LOANS_HELD_BYTES),
    mostBytes: long(loans + abi.MEMORY_LOANS_MOST_BYTES),
    chunks: answer.get32(abi.MEMORY_EXCHANGE_CHUNK_COUNT),
    lentChunks: Object.fromEntries(lent.filter(([, count]) => count !== 0)),
    pages: {
      total: long(abi.MEMORY_EXCHANGE_TOTAL_PAGES),
      free: long(abi.MEMORY_EXCHANGE_FREE_PAGES),
      waiting: long(abi.MEMORY_EXCHANGE_WAITING_PAGES),
      low: long(abi.MEMORY_EXCHANGE_LOW_PAGES),
      high: long(abi.MEMORY_EXCHANGE_HIGH_PAGES),
    },
    runs: {
      count: answer.get32(abi.MEMORY_EXCHANGE_RUN_COUNT),
      taken: answer.get32(abi.MEMORY_EXCHANGE_RUNS_TAKEN),
      pages: long(abi.MEMORY_EXCHANGE_RUN_PAGES),
    },
    freeBlocks: list(ORDERS, (order) => answer.get32(abi.MEMORY_EXCHANGE_FREE_BLOCKS + 4 * order)),
    slabs: list(answer.get32(abi.MEMORY_EXCHANGE_SLAB_COUNT), (index) => ({
      name: slabName(answer.get64(abi.MEMORY_EXCHANGE_SLAB_NAME + 8 * index)),
      objectBytes: answer.get32(abi.MEMORY_EXCHANGE_SLAB_OBJECT_BYTES + 4 * index),
      used: answer.get32(abi.MEMORY_EXCHANGE_SLAB_USED + 4 * index),
      total: answer.get32(abi.MEMORY_EXCHANGE_SLAB_TOTAL + 4 * index),
      pages: answer.get32(abi.MEMORY_EXCHANGE_SLAB_PAGES + 4 * index),
    })),
    owners: {
      kernel: long(abi.MEMORY_EXCHANGE_KERNEL_PAGES),
      extensions: names.map((name, index) => ({
        name: name === "" ? `extension ${index}` : name,
        pages: long(abi.MEMORY_EXCHANGE_EXTENSION_PAGES + 8 * index),
      })),
      vms: list(answer.get32(abi.MEMORY_EXCHANGE_VM_COUNT), (index) => ({
        id: answer.get32(abi.MEMORY_EXCHANGE_VM_ID + 4 * index),
        pages: answer.get32(abi.MEMORY_EXCHANGE_VM_PAGES + 4 * index),
      })),
    },
    ...readEvents(answer, loans),
  };
}

function readEvents(answer: Block, loans: number): Pick<Memory, "events" | "eventCount"> {
  const eventCount = Number(answer.get64(loans + abi.MEMORY_LOANS_EVENTS));
  const first = Math.max(0, eventCount - abi.MOST_MEMORY_EVENTS);
  const events = Array.from({ length: eventCount - first }, (_, index) => {
    const slot = (first + index) % abi.MOST_MEMORY_EVENTS;
    const kind = answer.get32(loans + abi.MEMORY_LOANS_EVENT_KIND + 4 * slot);
    const reason = giveNames[answer.get32(loans + abi.MEMORY_LOANS_EVENT_DETAIL + 4 * slot)];
    return {
      time: new Date(Number(answer.get64(loans + abi.MEMORY_LOANS_EVENT_TIME + 8 * slot) / 1_000_000n)).toISOString(),
      event: eventNames[kind] ?? `event ${kind}`,
      bytes: Number(answer.get64(loans + abi.MEMORY_LOANS_EVENT_BYTES + 8 * slot)),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  return { events, eventCount };
}

/** Up to eight characters, zero padded. */
function slabName(letters: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(letters);
  return bytes.toString("latin1").replace(/\0+$/, "");
}

export const pageBytes = (pages: number): number => pages * PAGE_BYTES;
