// What the unit tests of bare-metal modules run on: a machine made of JavaScript

export { buildElf, buildNote, type ElfSpec, littleEndian, PF, PT, type SegmentSpec } from "./elf-file.ts";
export { type Intrinsics, instantiate, type LoadedPart, loadPart, type PartOptions, partPath } from "./part.ts";
export { Random } from "./random.ts";
export { EndlessWait, MemoryFault, PAGE_BYTES, SimulatedMemory } from "./simulated-memory.ts";
