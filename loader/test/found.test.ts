// A hypervisor that another loader has started: what the driver makes of it, from its coming to the stop, and what may go wrong

import {
  ADOPT_TABLE,
  CHUNK_MOST_BYTES,
  DEBUG_RING_CHARS,
  DOOR_ADOPT,
  DOOR_DESCRIBE,
  DOOR_GIVE,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  DUMP_ARGS_BUFFER_ADDRESS,
  DUMP_ARGS_BUFFER_BYTES,
  DUMP_ARGS_WRITTEN_BYTES,
  ERROR_ADOPTION_REFUSED,
  ERROR_CPU_OFFLINE,
  ERROR_FOREIGN_HYPERVISOR,
  ERROR_LA57,
  ERROR_NO_MEMORY,
  ERROR_NO_SUCH_CPU,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  ERROR_STARTED_BEFORE,
  ERROR_STOP_MISMATCH,
  ERROR_TIMEOUT,
  HANDOFF_BASE,
  HANDOFF_STATE_STRIDE,
  IOCTL_DUMP,
  IOCTL_START,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  IOCTL_VMCALL,
  MEMORY_EXCHANGE_SIGNAL,
  MEMORY_EXCHANGE_WANTED,
  SAVED_STATE_LSTAR,
  START_RECORD_BYTES,
  START_RECORD_EXT_COUNT,
  START_RECORD_MEMORY_BYTES,
  START_RECORD_OFFSET,
  STARTED_BY_DRIVER,
  STARTED_BY_UEFI,
  STATE_CORRUPT,
  STATE_LOADED,
  STATE_RUNNING,
  STATE_UNLOADED,
  STATUS_ARGS_EXT_COUNT,
  STATUS_ARGS_IMAGE_SLIDE,
  STATUS_ARGS_KERNEL_BUILD_ID,
  STATUS_ARGS_STARTED_BY,
  VMCALL_ARGS_TARGET,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { EXCHANGE, Foreign, HANDOFF, RECORD, REPORTS, RING_TEXT, STATES } from "./foreign.ts";
import { Machine, NMI_OFFSET, PROMOTE_IN_OS_OFFSET, toDirect } from "./machine/machine.ts";
import { walk } from "./machine/page-walk.ts";
import { MODULE, MODULE_PHYSICAL, RUN } from "./machine/platform.ts";

const PAGE = 4096n;
const OPERATION_ADOPT = 7;
const OPERATION_LEAVE = 3;
const MSR_LSTAR = 0xc000_0082;
const LA57 = 1n << 12n;
const BUFFER = 0x7777_0000_0000n;

const dump = ({ machine }: Foreign) => {
  machine.memory.map(BUFFER, DEBUG_RING_CHARS);
  const { error } = machine.operate(IOCTL_DUMP, (block) => {
    machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_ADDRESS), 8, BUFFER);
    machine.memory.poke(block + BigInt(DUMP_ARGS_BUFFER_BYTES), 8, BigInt(DEBUG_RING_CHARS));
  });
  return error === ERROR_NONE
    ? Buffer.from(machine.memory.read(BUFFER, Number(machine.long(DUMP_ARGS_WRITTEN_BYTES)))).toString()
    : error;
};
const stop = ({ machine }: Foreign) => machine.operate(IOCTL_STOP);
const vmcall = ({ machine }: Foreign, cpu: number) =>
  machine.operate(IOCTL_VMCALL, (block) => machine.memory.poke(block + BigInt(VMCALL_ARGS_TARGET), 4, BigInt(cpu)));
const inside = ({ machine }: Foreign) => machine.processors.map(({ isInside }) => isInside);

describe("a driver that comes", () => {
  it("says that it runs, on which processors, who has started it, and what it is", () => {
    const foreign = new Foreign([1, 0, 2]);
    const { machine } = foreign;
    expect(foreign.takeOver()).toBe(ERROR_NONE);
    const { state, runningCount, running, memoryBytes } = machine.status();
    expect({ state, runningCount, running, memoryBytes }).toEqual({
      ...{ state: STATE_RUNNING, runningCount: 3, running: 0b1_0101n },
      memoryBytes: RECORD.memoryBytes,
    });
    expect(machine.word(STATUS_ARGS_STARTED_BY)).toBe(STARTED_BY_UEFI);
    expect(machine.word(STATUS_ARGS_EXT_COUNT)).toBe(1);
    expect(machine.long(STATUS_ARGS_IMAGE_SLIDE)).toBe(RECORD.slide);
    expect(machine.long(STATUS_ARGS_KERNEL_BUILD_ID)).toBe(RECORD.buildId);
    expect(machine.loader.loaderIsHeld()).toBe(1);
    expect(dump(foreign)).toBe(RING_TEXT);
  });

  it("lists processors in the hypervisor's order, by which signals and reports lie", () => {
    const foreign = new Foreign([1, 0, 2]);
    foreign.takeOver();
    const { platform } = foreign.machine;
    expect(platform.listed.slice(0, 3)).toEqual([2, 0, 4]);
    expect(platform.listedCount).toBe(3);
    expect(platform.signals).toBe(foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_SIGNAL));
  });

  it("makes every stop end in its own code, through a table with both halves of the way", () => {
    const foreign = new Foreign([1, 0]);
    const { machine, adoptions } = foreign;
    foreign.takeOver();
    expect([...adoptions.keys()].toSorted()).toEqual([0, 1]);
    const [first] = [...adoptions.values()];
    for (const [ppid, { table, state, promote, nmi, selectors }] of adoptions) {
      expect(table).toBe(first?.table);
      expect(state).toBe(foreign.addressOf(STATES + BigInt(ppid) * PAGE));
      expect(promote).toBe(MODULE + BigInt(PROMOTE_IN_OS_OFFSET));
      expect(nmi).toBe(MODULE + BigInt(NMI_OFFSET));
      expect(selectors).toBe(0x18_0010n);
    }
    const { mappings } = walk(machine.memory, first?.table ?? 0n, toDirect);
    const data = (virtual: bigint, physical: bigint) => ({
      ...{ virtual, physical, isWritable: true, isExecutable: false, isUser: false },
    });
    const code = (virtual: bigint, physical: bigint) => ({
      ...{ virtual, physical, isWritable: false, isExecutable: true, isUser: false },
    });
    const states = [0n, 1n].map((ppid) => STATES + ppid * PAGE);
    const expected = [
      code(HANDOFF_BASE, HANDOFF),
      ...states.map((physical, ppid) => data(HANDOFF_BASE + BigInt(ppid + 1) * HANDOFF_STATE_STRIDE, physical)),
      ...states.map((physical) => data(foreign.addressOf(physical), physical)),
      code(MODULE, MODULE_PHYSICAL),
    ];
    expect(mappings.toSorted((a, b) => (a.virtual < b.virtual ? -1 : 1))).toEqual(
      expected.toSorted((a, b) => (a.virtual < b.virtual ? -1 : 1)),
    );
  });

  it("lends memory from then on, up to a quarter of what there is", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    const wanted = foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED);
    machine.memory.poke(wanted, 8, BigInt(CHUNK_MOST_BYTES));
    machine.loader.loaderBalance();
    expect(foreign.knocks).toContain(DOOR_GIVE);
    expect(machine.status().memoryBytes).toBe(RECORD.memoryBytes + foreign.given);
  });

  it("makes hypercalls on the processor that is meant, and on none that the operating system does not have", () => {
    const foreign = new Foreign([1, 0]);
    const { machine } = foreign;
    foreign.takeOver();
    const called: number[] = [];
    for (const processor of machine.processors) {
      processor.takesHypercalls = true;
      processor.onHypercall = () => called.push(processor.number) > 0;
    }
    expect(vmcall(foreign, 2).error).toBe(ERROR_NONE);
    expect(vmcall(foreign, 1).error).toBe(ERROR_NO_SUCH_CPU);
    expect(called).toEqual([2]);
  });

  it("loads and starts nothing beside it, and touches no processor for that", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    machine.platform.runs.length = 0;
    expect(machine.load().error).toBe(ERROR_STARTED_BEFORE);
    expect(machine.start(0).error).toBe(ERROR_STARTED_BEFORE);
    expect(machine.loader.loaderStartAgain()).toBe(ERROR_STARTED_BEFORE);
    expect(machine.platform.runs).toEqual([]);
    expect(machine.status().state).toBe(STATE_RUNNING);
  });
});

describe("its stop", () => {
  it("gives every processor and all that was lent back, and the ring stays to be read until something is loaded", () => {
    const foreign = new Foreign([1, 0]);
    const { machine } = foreign;
    foreign.takeOver();
    machine.memory.poke(foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED), 8, BigInt(CHUNK_MOST_BYTES));
    machine.loader.loaderBalance();
    expect(stop(foreign).error).toBe(ERROR_NONE);
    expect(inside(foreign)).toEqual([false, false]);
    expect(machine.platform.takenPages).toBe(0);
    expect(machine.platform.signals).toBe(0n);
    expect(machine.platform.reserved.size).toBe(1);
    expect(machine.loader.loaderIsHeld()).toBe(0);
    expect(machine.status()).toMatchObject({ state: STATE_UNLOADED, runningCount: 0, memoryBytes: 0n });
    expect(machine.word(STATUS_ARGS_STARTED_BY)).toBe(0);
    expect(dump(foreign)).toBe(RING_TEXT);
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_NONE);
    expect(machine.platform.reserved.size).toBe(0);
    expect(dump(foreign)).toBe(ERROR_NOT_LOADED);
  });

  it("is followed by an ordinary start", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    stop(foreign);
    expect(machine.start(0).error).toBe(ERROR_NOT_LOADED);
    expect(machine.load().error).toBe(ERROR_NONE);
    expect(machine.platform.reserved.size).toBe(0);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_RUNNING);
    expect(machine.word(STATUS_ARGS_STARTED_BY)).toBe(STARTED_BY_DRIVER);
    expect(machine.loader.loaderKeepsCpus()).toBe(0);
    expect(stop(foreign).error).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_LOADED);
  });

  it("compares what the operating system has in its registers on both sides", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    const [, second] = machine.processors;
    if (second === undefined) throw new Error("there are two");
    const answer = second.onControl;
    second.onControl = (command) => {
      second.msrs.set(MSR_LSTAR, 0n);
      return answer(command);
    };
    // Changed by the command before the stop, which is the operating system's own affair
    expect(stop(foreign).error).toBe(ERROR_NONE);
    const other = new Foreign();
    other.takeOver();
    other.machine.platform.intercept = (index, operation) => {
      if (index === 1 && operation === OPERATION_LEAVE) {
        const [, processor] = other.machine.processors;
        const stops = processor?.onControl;
        if (processor === undefined || stops === undefined) return undefined;
        processor.onControl = (command) => {
          if (processor.commands.length === 2) processor.msrs.set(MSR_LSTAR, 0n);
          return stops(command);
        };
      }
      return undefined;
    };
    expect(stop(other)).toMatchObject({ error: ERROR_STOP_MISMATCH, cpu: 2, detail: BigInt(SAVED_STATE_LSTAR) });
    expect(inside(other)).toEqual([false, false]);
    expect(other.machine.status().state).toBe(STATE_UNLOADED);
  });

  it("is refused before anything leaves where the microkernel refuses one processor, and can be tried again", () => {
    const foreign = new Foreign([0, 1, 2]);
    foreign.onAdopt = (ppid) => (ppid === 1 ? ADOPT_TABLE : 0);
    expect(foreign.takeOver()).toBe(ERROR_NONE);
    expect(stop(foreign)).toMatchObject({ error: ERROR_ADOPTION_REFUSED, cpu: 2, detail: BigInt(ADOPT_TABLE) });
    expect(inside(foreign)).toEqual([true, true, true]);
    expect(foreign.machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 3 });
    foreign.onAdopt = () => 0;
    expect(stop(foreign).error).toBe(ERROR_NONE);
  });

  it("is refused where the operating system uses 5-level paging, which the way out does not know", () => {
    const foreign = new Foreign([0], ({ processors }) => {
      for (const processor of processors) processor.cr[4] |= LA57;
    });
    expect(foreign.takeOver()).toBe(ERROR_NONE);
    expect(stop(foreign).error).toBe(ERROR_LA57);
    expect(inside(foreign)).toEqual([true]);
    expect(foreign.knocks).not.toContain(DOOR_ADOPT);
  });

  it("says which processor does not answer, and the others stay", () => {
    const foreign = new Foreign();
    foreign.takeOver();
    foreign.machine.platform.intercept = (index, operation) =>
      index === 1 && operation === OPERATION_ADOPT ? RUN.lost : undefined;
    expect(stop(foreign)).toMatchObject({ error: ERROR_TIMEOUT, cpu: 2 });
    expect(inside(foreign)).toEqual([true, true]);
  });

  it("leaves the state corrupt where a processor is lost on its way", () => {
    const foreign = new Foreign();
    foreign.takeOver();
    foreign.machine.platform.intercept = (index, operation) =>
      index === 1 && operation === OPERATION_LEAVE ? RUN.lost : undefined;
    expect(stop(foreign).error).toBe(ERROR_TIMEOUT);
    expect(foreign.machine.status().state).toBe(STATE_CORRUPT);
    expect(foreign.machine.loader.loaderIsHeld()).toBe(1);
  });

  it("comes before sleep, and nothing is started again afterwards, for nothing is loaded", () => {
    const foreign = new Foreign();
    foreign.takeOver();
    expect(foreign.machine.loader.loaderStop()).toBe(ERROR_NONE);
    expect(inside(foreign)).toEqual([false, false]);
    expect(foreign.machine.loader.loaderIsInterrupted()).toBe(0);
  });

  it("does not come before a reset or kexec, while nothing is lent: the next operating system is inside, too, and is not disturbed", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    const wanted = foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED);
    machine.memory.poke(wanted, 8, 0n);
    expect(machine.loader.loaderStaysBehind()).toBe(1);
    expect(inside(foreign)).toEqual([true, true]);
    expect(machine.memory.peek(wanted, 8)).toBe(BigInt(CHUNK_MOST_BYTES));
  });

  it("comes before a reset where the hypervisor does not give back what was lent", () => {
    const foreign = new Foreign();
    const { machine } = foreign;
    foreign.takeOver();
    machine.memory.poke(foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED), 8, BigInt(CHUNK_MOST_BYTES));
    machine.loader.loaderBalance();
    expect(machine.loader.loaderStaysBehind()).toBe(0);
    expect(foreign.knocks.at(-1)).toBe(DOOR_TAKE);
    const own = new Machine(1);
    own.load();
    own.operate(IOCTL_START);
    expect(own.loader.loaderStaysBehind()).toBe(0);
  });

  it("does not come where the operating system dies: the kernel that saves its memory is inside, too", () => {
    const foreign = new Foreign([0, 1]);
    const { machine } = foreign;
    foreign.takeOver();
    for (const index of [0, 1, 2]) machine.leaveNow(index);
    expect(inside(foreign)).toEqual([true, true]);
    const wanted = foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED);
    expect(machine.memory.peek(wanted, 8)).toBe(BigInt(CHUNK_MOST_BYTES));
  });

  it("comes there at once where some of that memory is lent, on each processor whose stop ends here", () => {
    const foreign = new Foreign([0, 1]);
    const { machine } = foreign;
    foreign.onAdopt = (ppid) => (ppid === 1 ? ADOPT_TABLE : 0);
    foreign.takeOver();
    machine.memory.poke(foreign.addressOf(EXCHANGE) + BigInt(MEMORY_EXCHANGE_WANTED), 8, BigInt(CHUNK_MOST_BYTES));
    machine.loader.loaderBalance();
    for (const index of [0, 1, 2]) machine.leaveNow(index);
    expect(inside(foreign)).toEqual([false, true]);
  });
});

describe("processors that come and go", () => {
  it("stay the hypervisor's while they are offline: a stop waits until all are there", () => {
    const foreign = new Foreign([0, 1]);
    const { machine } = foreign;
    foreign.takeOver();
    expect(machine.loader.loaderKeepsCpus()).toBe(1);
    machine.loader.loaderCpuGoes(2);
    machine.platform.offline.add(2);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 1, running: 1n });
    expect(vmcall(foreign, 2).error).toBe(ERROR_NO_SUCH_CPU);
    expect(stop(foreign)).toMatchObject({ error: ERROR_CPU_OFFLINE, detail: 1n });
    expect(inside(foreign)).toEqual([true, true]);

    machine.platform.offline.delete(2);
    machine.loader.loaderCpuComes(2);
    expect(machine.status()).toMatchObject({ runningCount: 2, running: 0b101n });
    expect(stop(foreign).error).toBe(ERROR_NONE);
    expect(inside(foreign)).toEqual([false, false]);
    expect(machine.platform.takenPages).toBe(0);
  });

  it("may be offline when the driver comes, under whatever number", () => {
    const foreign = new Foreign([1, 2, 0], ({ platform }) => platform.offline.add(0).add(4));
    const { machine } = foreign;
    expect(foreign.takeOver()).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ runningCount: 1, running: 0b100n });
    expect(stop(foreign)).toMatchObject({ error: ERROR_CPU_OFFLINE, detail: 0n });
    for (const number of [4, 0]) {
      machine.platform.offline.delete(number);
      machine.loader.loaderCpuComes(number);
    }
    expect(machine.platform.listed.slice(0, 3)).toEqual([4, 0, 2]);
    expect([...foreign.adoptions.keys()].toSorted()).toEqual([0, 1, 2]);
    expect(stop(foreign).error).toBe(ERROR_NONE);
    expect(inside(foreign)).toEqual([false, false, false]);
  });

  it("may come without being in the hypervisor: then they are none of it", () => {
    const foreign = new Foreign([0, 1], ({ platform }) => platform.offline.add(2));
    const { machine } = foreign;
    foreign.takeOver();
    machine.processors[1]?.leaves.clear();
    machine.platform.offline.delete(2);
    machine.loader.loaderCpuComes(2);
    expect(machine.status().runningCount).toBe(1);
    expect(stop(foreign).error).toBe(ERROR_CPU_OFFLINE);
  });
});

describe("nothing is looked after", () => {
  it("where there is nothing: nobody knocks, and nothing is taken", () => {
    const machine = new Machine(2);
    for (const processor of machine.processors) {
      processor.onHypercall = () => {
        throw new Error("#UD");
      };
    }
    expect(machine.loader.loaderTakeOver()).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ state: STATE_UNLOADED, allocatedPages: 0 });
    expect(machine.loader.loaderIsHeld()).toBe(0);
    expect(machine.loader.loaderKeepsCpus()).toBe(0);
  });

  it("of another release, and nothing is started beside it", () => {
    const foreign = new Foreign();
    foreign.version += 1n;
    const { machine } = foreign;
    expect(foreign.takeOver()).toBe(ERROR_FOREIGN_HYPERVISOR);
    expect(machine.platform.reserved.size + machine.platform.takenPages).toBe(0);
    expect(machine.status().state).toBe(STATE_UNLOADED);
    machine.load();
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_STARTED_BEFORE, cpu: 0 });
    expect(inside(foreign)).toEqual([true, true]);
  });

  it("where nobody answers at the door", () => {
    const foreign = new Foreign();
    for (const processor of foreign.machine.processors) {
      const answer = processor.onHypercall;
      processor.onHypercall = (registers) => {
        answer(registers);
        foreign.machine.memory.poke(BigInt.asUintN(64, registers), 8, BigInt(DOOR_UNKNOWN));
        return true;
      };
    }
    expect(foreign.takeOver()).toBe(ERROR_NONE);
    expect(foreign.knocks).toEqual([DOOR_DESCRIBE, DOOR_DESCRIBE]);
    expect(foreign.machine.status().state).toBe(STATE_UNLOADED);
  });

  it.each(["failOneAllocation", "failAllocation", "failMapping"] as const)(
    "where memory for it runs out at any place: nothing stays taken, and the next driver does it (%s)",
    (kind) => {
      let failing = 1;
      for (; ; failing++) {
        const foreign = new Foreign();
        const { platform } = foreign.machine;
        platform[kind] = failing;
        const error = foreign.takeOver();
        const isOver = platform[kind] > 0;
        platform[kind] = Number.POSITIVE_INFINITY;
        if (error !== ERROR_NONE) {
          expect(error).toBe(ERROR_NO_MEMORY);
          expect(platform.takenPages).toBe(0);
          expect(platform.reserved.size).toBe(0);
          expect(platform.signals).toBe(0n);
          expect(foreign.machine.status().state).toBe(STATE_UNLOADED);
          expect(foreign.takeOver()).toBe(ERROR_NONE);
        }
        expect(stop(foreign).error).toBe(ERROR_NONE);
        if (isOver) break;
      }
      expect(failing).toBeGreaterThan(3);
    },
  );
});

it("every start leaves a record behind the reports, of what a status says", () => {
  const machine = new Machine(2);
  machine.load();
  machine.operate(IOCTL_START);
  const { memoryBytes } = machine.status();
  const args = machine.argsOf(machine.demotions[0]?.state ?? 0n);
  const record = machine.reportOf(args) + BigInt(START_RECORD_OFFSET);
  expect(machine.memory.peek(record + BigInt(START_RECORD_MEMORY_BYTES), 8)).toBe(memoryBytes);
  const facts = (offset: number) => machine.word(STATUS_ARGS_EXT_COUNT + offset);
  for (let offset = 0; offset < START_RECORD_BYTES - START_RECORD_EXT_COUNT; offset += 4) {
    expect(machine.memory.peek(record + BigInt(START_RECORD_EXT_COUNT + offset), 4)).toBe(BigInt(facts(offset)));
  }
  expect(facts(0)).toBe(1);
  expect(REPORTS).not.toBe(record);
});
