// A local APIC: registers, priorities, what is posted, and which messages are for it (SDM volume 3, chapter 11)

import { describe, expect, it } from "vitest";
import {
  COMMAND,
  COMMAND_HIGH,
  CURRENT_COUNT,
  DISABLED,
  DIVIDE,
  ENDS,
  EOI,
  ERROR,
  ERROR_ENTRY,
  enabled,
  FORMAT,
  ID,
  IN_SERVICE,
  INITIAL_COUNT,
  LINT0,
  LINT1,
  LOGICAL,
  LocalApic,
  MASKED,
  OFFERS,
  PROCESSOR_PRIORITY,
  REFUSED,
  REQUESTED,
  SELF_IPI,
  SENDS,
  SOFTWARE_ENABLED,
  SPURIOUS,
  TASK_PRIORITY,
  TIMER,
  TRIGGER,
  VERSION,
  X2APIC,
  XAPIC,
} from "./local-apic.ts";

describe("registers", () => {
  it.each([
    [ID, 0x0500_0000],
    [VERSION, 0x0005_0014],
    [TASK_PRIORITY, 0],
    [PROCESSOR_PRIORITY, 0],
    [LOGICAL, 0],
    [FORMAT, 0xffff_ffff],
    [SPURIOUS, 0xff],
    [COMMAND, 0],
    [TIMER, MASKED],
    [LINT0, MASKED],
    [LINT1, MASKED],
    [ERROR_ENTRY, MASKED],
    [INITIAL_COUNT, 0],
    [DIVIDE, 0],
  ])("are as after a reset: %i", (offset, value) => {
    expect(new LocalApic(5).read(offset)).toBe(value);
  });

  const readable = (apic: LocalApic) =>
    Array.from({ length: 64 }, (_, index) => index * 16).filter((offset) => apic.isReadable(offset));

  it("are those that can be read, in either mode", () => {
    const sets = Array.from({ length: 24 }, (_, index) => 0x100 + 16 * index);
    const both = [ID, VERSION, TASK_PRIORITY, PROCESSOR_PRIORITY, LOGICAL, SPURIOUS, ...sets, ERROR, COMMAND];
    const entries = [0x320, 0x330, 0x340, 0x350, 0x360, 0x370, INITIAL_COUNT, CURRENT_COUNT, DIVIDE];
    const ascending = (offsets: number[]) => offsets.sort((a, b) => a - b);
    expect(readable(enabled())).toEqual(ascending([...both, ...entries, 0x90, 0xc0, FORMAT, COMMAND_HIGH]));
    expect(readable(enabled(0, X2APIC))).toEqual(ascending([...both, ...entries]));
  });

  it.each([
    [ID, 0xffff_ffff, 0xff00_0000],
    [TASK_PRIORITY, 0xffff_ffff, 0xff],
    [LOGICAL, 0xffff_ffff, 0xff00_0000],
    [FORMAT, 0, 0x0fff_ffff],
    [SPURIOUS, 0xffff_ffff, 0x3ff],
    [COMMAND, 0xffff_ffff, 0xffff_efff],
    [COMMAND_HIGH, 0xffff_ffff, 0xff00_0000],
    [TIMER, 0xfff8_ffff, 0xff],
    [LINT0, 0xffff_ffff, 0x1_a7ff],
    [LINT1, 0xffff_ffff, 0x1_a7ff],
    [0x330, 0xffff_ffff, 0x1_07ff],
    [ERROR_ENTRY, 0xffff_ffff, 0x1_00ff],
    [DIVIDE, 0xffff_ffff, 0xb],
    [VERSION, 0, 0x0005_0014],
    [PROCESSOR_PRIORITY, 0xff, 0],
  ])("take the bits that they have: %i", (offset, written, value) => {
    const apic = enabled();
    apic.write(offset, written);
    expect(apic.read(offset)).toBe(value);
  });

  it.each([
    [ID, 0],
    [VERSION, 0],
    [TASK_PRIORITY, 0x100],
    [PROCESSOR_PRIORITY, 0],
    [EOI, 1],
    [LOGICAL, 0],
    [FORMAT, 0],
    [SPURIOUS, 0x400],
    [IN_SERVICE, 0],
    [TRIGGER, 0],
    [REQUESTED, 0],
    [ERROR, 1],
    [COMMAND_HIGH, 0],
    [TIMER, 1 << 19],
    [LINT0, 1 << 11],
    [ERROR_ENTRY, 1 << 8],
    [CURRENT_COUNT, 0],
    [DIVIDE, 4],
    [SELF_IPI, 0x100],
    [0x000, 0],
    [0x3a0, 0],
  ])("refuse others in x2APIC mode: %i", (offset, value) => {
    const apic = enabled(3, X2APIC);
    const before = apic.state;
    expect([apic.write(offset, value) & REFUSED, apic.state]).toEqual([REFUSED, before]);
  });

  it.each([TIMER, 0x330, 0x340, LINT0, LINT1, ERROR_ENTRY])("take what is read-only with any value: %i", (offset) => {
    const apic = enabled(0, X2APIC);
    expect([apic.write(offset, 0x5040) & REFUSED, apic.read(offset)]).toEqual([0, 0x40]);
  });

  it.each([
    [EOI, 0, ENDS | OFFERS],
    [COMMAND, 0x40, SENDS],
    [TASK_PRIORITY, 0x20, OFFERS],
    [SPURIOUS, SOFTWARE_ENABLED, OFFERS],
    [LINT0, 0x700, OFFERS],
    [ERROR, 0, 0],
  ])("say what follows: %i", (offset, value, follows) => {
    expect([enabled().write(offset, value), enabled(0, X2APIC).write(offset, value)]).toEqual([follows, follows]);
  });
});

describe("modes", () => {
  it.each([
    [0, 0x0000_0001],
    [5, 0x0000_0020],
    [17, 0x0001_0002],
    [63, 0x0003_8000],
  ])("have number %i as ID, and in x2APIC mode a logical one by it", (number, logical) => {
    const apic = enabled(number);
    expect(apic.read(ID)).toBe(number * 0x100_0000);
    apic.mode = X2APIC;
    expect([apic.read(ID), apic.read(LOGICAL)]).toEqual([number, logical]);
    apic.reset();
    expect([apic.read(ID), apic.read(LOGICAL), apic.isEnabled]).toEqual([number, logical, false]);
    apic.mode = DISABLED;
    apic.mode = XAPIC;
    expect([apic.read(ID), apic.read(LOGICAL)]).toEqual([number * 0x100_0000, 0]);
  });

  it("forget what was requested when it is disabled", () => {
    const apic = enabled();
    apic.request(0x40);
    apic.mode = DISABLED;
    expect([apic.isEnabled, apic.vectors(REQUESTED), apic.takesExternal]).toEqual([false, [], true]);
  });

  it("mask all entries when software disables it", () => {
    const apic = enabled();
    apic.write(LINT0, 0x700);
    expect(apic.takesExternal).toBe(true);
    apic.write(SPURIOUS, 0xff);
    expect([apic.read(LINT0), apic.takesExternal, apic.isEnabled]).toEqual([0x1_0700, false, false]);
  });
});

describe("LINT0", () => {
  it.each([
    [0x700, true],
    [0x8700, true],
    [0x1_0700, false],
    [0, false],
    [0x400, false],
  ])("%i takes the interrupts of the 8259 pair: %s", (entry, takes) => {
    const apic = enabled();
    apic.write(LINT0, entry);
    expect(apic.takesExternal).toBe(takes);
  });

  it("takes them before anybody sets it up", () => {
    const apic = new LocalApic();
    expect(apic.takesExternal).toBe(false);
    apic.openExternal();
    expect([apic.takesExternal, apic.isEnabled]).toEqual([true, false]);
  });
});

describe("priorities", () => {
  // Task priority, in service, processor's
  it.each([
    [0x00, [], 0x00],
    [0x2f, [], 0x2f],
    [0x2f, [0x41], 0x40],
    [0x4f, [0x41], 0x4f],
    [0x5f, [0x41], 0x5f],
    [0x20, [0x31, 0xf2], 0xf0],
  ])("of the task %i and what is in service %s", (task, service, priority) => {
    const apic = enabled();
    for (const vector of service) {
      apic.request(vector);
      apic.take();
    }
    apic.write(TASK_PRIORITY, task);
    expect(apic.read(PROCESSOR_PRIORITY)).toBe(priority);
  });

  it.each([
    [0x40, 0x30, true],
    [0x40, 0x3f, true],
    [0x40, 0x40, false],
    [0x4f, 0x40, false],
    [0x51, 0x4f, true],
  ])("vector %i comes with task priority %i: %s", (vector, task, comes) => {
    const apic = enabled();
    apic.write(TASK_PRIORITY, task);
    apic.request(vector);
    expect(apic.next).toBe(comes ? vector : -1);
  });

  it("take the highest first, nest by class, and end the last one", () => {
    const apic = enabled();
    for (const vector of [0x41, 0x32, 0x4f, 0x61]) apic.request(vector);
    expect([apic.take(), apic.take()]).toEqual([0x61, -1]);
    apic.request(0x70);
    expect([apic.take(), apic.vectors(IN_SERVICE)]).toEqual([0x70, [0x61, 0x70]]);
    expect([apic.end(), apic.end(), apic.end()]).toEqual([0x70, 0x61, -1]);
    expect([apic.take(), apic.end(), apic.take(), apic.end(), apic.take()]).toEqual([0x4f, 0x4f, 0x41, 0x41, 0x32]);
  });

  it.each([16, 31, 32, 63, 64, 127, 128, 255])("know vector %i", (vector) => {
    const apic = enabled();
    expect(apic.request(vector)).toBe(OFFERS);
    expect([apic.vectors(REQUESTED), apic.take(), apic.vectors(IN_SERVICE)]).toEqual([[vector], vector, [vector]]);
  });

  it.each([0, 15])("have no vector %i", (vector) => {
    const apic = enabled();
    expect([apic.request(vector), apic.vectors(REQUESTED)]).toEqual([0, []]);
  });

  it("take nothing while software has it disabled, and keep it", () => {
    const apic = enabled();
    apic.request(0x40);
    apic.write(SPURIOUS, 0xff);
    expect([apic.next, apic.request(0x50), apic.vectors(REQUESTED)]).toEqual([-1, 0, [0x40]]);
    apic.write(SPURIOUS, SOFTWARE_ENABLED);
    expect(apic.next).toBe(0x40);
  });
});

describe("what is posted", () => {
  it("is taken together, each with its trigger mode", () => {
    const apic = enabled();
    for (const vector of [0x20, 0x3f, 0x40, 0xff]) apic.post(vector, vector % 2 === 1);
    expect(apic.vectors(REQUESTED)).toEqual([]);
    apic.takeVectors();
    expect([apic.vectors(REQUESTED), apic.vectors(TRIGGER)]).toEqual([
      [0x20, 0x3f, 0x40, 0xff],
      [0x3f, 0xff],
    ]);
    expect([apic.isLevel(0x3f), apic.isLevel(0x40)]).toEqual([true, false]);
    apic.take();
    apic.takeVectors();
    expect(apic.vectors(REQUESTED)).toEqual([0x20, 0x3f, 0x40]);
  });

  it("has the trigger mode that came last", () => {
    const apic = enabled();
    apic.post(0x50, true);
    apic.post(0x50, false);
    apic.takeVectors();
    expect(apic.isLevel(0x50)).toBe(false);
    apic.post(0x50, true);
    apic.takeVectors();
    expect(apic.isLevel(0x50)).toBe(true);
  });

  const [INIT, SIPI, NMI] = [1, 2, 4];

  it.each([
    ["nothing", [], 0],
    ["INIT and SIPI", [[INIT], [SIPI, 0x9a]], 0x9a03],
    ["SIPI, and INIT behind it", [[SIPI, 0x9a], [INIT]], 1],
    [
      "two SIPIs",
      [
        [SIPI, 0x9a],
        [SIPI, 0x33],
      ],
      0x9a02,
    ],
    ["NMIs", [[NMI], [NMI]], 4],
  ])("as events: %s", (_, events, taken) => {
    const apic = enabled();
    for (const [event = 0, vector] of events) apic.postEvent(event, vector);
    expect([apic.takeEvents(), apic.takeEvents()]).toEqual([taken, 0]);
  });
});

describe("messages", () => {
  const FIXED = 0x40;
  const LOGICALLY = 1 << 11;
  const SHORTHANDS = [0, 1, 2, 3].map((shorthand) => (shorthand << 18) | FIXED);

  it("with a shorthand are for itself, for all, for others", () => {
    const apic = enabled(3);
    expect(SHORTHANDS.map((message) => apic.isFor(message, 3, { isSelf: true }))).toEqual([true, true, true, false]);
    expect(SHORTHANDS.map((message) => apic.isFor(message, 7))).toEqual([false, false, true, true]);
  });

  it.each([
    ["its ID", XAPIC, 0, 3, false, true],
    ["another ID", XAPIC, 0, 4, false, false],
    ["everybody", XAPIC, 0, 0xff, false, true],
    ["its bit", XAPIC, LOGICALLY, 0x88, false, true],
    ["another bit", XAPIC, LOGICALLY, 0x77, false, false],
    ["its ID, wide", X2APIC, 0, 3, true, true],
    ["255, wide", X2APIC, 0, 0xff, true, false],
    ["everybody, wide", X2APIC, 0, 0xffff_ffff, true, true],
    ["everybody of 8 bits", X2APIC, 0, 0xff, false, true],
    ["its cluster's bit", X2APIC, LOGICALLY, 0x8, true, true],
    ["another bit of it", X2APIC, LOGICALLY, 0x4, true, false],
    ["that bit of another cluster", X2APIC, LOGICALLY, 0x1_0008, true, false],
  ])("for %s", (_, mode, logical, who, isWide, isIts) => {
    const apic = enabled(3, mode);
    if (mode === XAPIC) apic.write(LOGICAL, 0x0800_0000);
    expect(apic.isFor(FIXED | logical, who, { isWide })).toBe(isIts);
  });

  it.each([
    [0x21, true],
    [0x23, true],
    [0x22, false],
    [0x11, false],
    [0xff, true],
  ])("for clusters, in xAPIC mode: %i", (who, isIts) => {
    const apic = enabled(3);
    apic.write(LOGICAL, 0x2100_0000);
    apic.write(FORMAT, 0);
    expect(apic.isFor(FIXED | LOGICALLY, who)).toBe(isIts);
  });

  it("are for nobody that is disabled", () => {
    const apic = enabled(3);
    apic.mode = DISABLED;
    expect([apic.isFor(FIXED, 3), apic.isFor(FIXED, 0xff), apic.isFor(SHORTHANDS[2] ?? 0, 0)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([
    ["fixed", 0x40, true, [0x40], 0],
    ["fixed, vector 15", 0x0f, false, [], 0],
    ["lowest priority", 0x140, true, [0x40], 0],
    ["SMI", 0x200, false, [], 0],
    ["reserved", 0x340, false, [], 0],
    ["NMI", 0x400, true, [], 4],
    ["INIT", 0x4500, true, [], 1],
    ["INIT, level that ends", 0x8500, false, [], 0],
    ["INIT, level", 0xc500, true, [], 1],
    ["SIPI", 0x469a, true, [], 0x9a02],
    ["ExtINT", 0x700, false, [], 0],
  ])("%s are taken so", (_, message, isTaken, vectors, events) => {
    const apic = enabled();
    expect(apic.postMessage(message)).toBe(isTaken);
    apic.takeVectors();
    expect([apic.vectors(REQUESTED), apic.takeEvents()]).toEqual([vectors, events]);
  });

  it("start it although software has it disabled", () => {
    const apic = new LocalApic();
    expect([0x40, 0x400, 0x4500, 0x4612].map((message) => apic.postMessage(message))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it.each([
    [0xfee0_0000n, 0x40, 0x40, 0],
    [0xfeef_f000n, 0xc131, 0xc131, 0xff],
    [0xfee0_100cn, 0x0831, 0x0831, 1],
    [0x1_fee0_2000n, 0xffff_0040, 0x40, 2],
    [0x00ab_cd00_fee7_0000n, 0x40, 0x40, 0xab_cd70],
  ])("of devices, address %i", (address, data, message, destination) => {
    const logical = (address & 4n) === 0n ? message & ~LOGICALLY : message | LOGICALLY;
    expect(enabled().deviceMessage(address, data)).toEqual([logical, destination]);
  });
});

describe("state", () => {
  it("has the ID in the upper byte, and what is computed", () => {
    const apic = enabled(5, X2APIC);
    apic.write(TASK_PRIORITY, 0x35);
    apic.request(0x77);
    apic.take();
    const { state } = apic;
    expect([state[0x23], state[TASK_PRIORITY], state[PROCESSOR_PRIORITY]]).toEqual([5, 0x35, 0x70]);
    const other = enabled(5, X2APIC);
    other.state = state;
    expect([other.read(ID), other.read(LOGICAL), other.vectors(IN_SERVICE), other.state]).toEqual([
      5,
      0x20,
      [0x77],
      state,
    ]);
  });

  it("that is nonsense harms nobody", () => {
    const apic = enabled(3);
    apic.state = new Uint8Array(1024).fill(0xff);
    expect([apic.read(VERSION), apic.read(TASK_PRIORITY), apic.next, apic.end()]).toEqual([0x0005_0014, 0xff, -1, 255]);
    apic.pass(1_000_000_000_000n);
    apic.state = new Uint8Array(1024);
    expect([apic.isEnabled, apic.next, apic.deadline]).toEqual([false, -1, 0n]);
  });
});
