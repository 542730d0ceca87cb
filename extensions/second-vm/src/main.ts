// A second VM: it executes a few instructions of 16-bit code whenever a CPUID leaf asks for it, and is gone again

import {
  allocatePage,
  CpuidExit,
  copyMemory,
  Exit,
  freePage,
  guest,
  logNumber,
  NestedTables,
  Next,
  nativeAddress,
  onCpuid,
  onHlt,
  onLeave,
  ownMemory,
  peek16,
  Register,
  Right,
  startInRealMode,
  startRoot,
  Vm,
  Vp,
  Vs,
} from "@bareflank/sdk";

/** Leaf that runs the second VM: ECX goes in as its AX, and comes out in EAX as its AX times three, plus seven. */
const LEAF_RUN: u32 = 0x4000_0040;

/** Its address space identifier: the root VM has 1. */
const ASID: u32 = 2;
/** Where its only page is: 0000:7c00 lies in it. */
const PAGE: u64 = 0x7000;
const START: u32 = 0x7c00;

/** Its code. */
const CODE: usize = memory.data<u8>([
  0x89,
  0xc3, // mov bx, ax
  0x01,
  0xd8, // add ax, bx
  0x01,
  0xd8, // add ax, bx
  0x05,
  0x07,
  0x00, // add ax, 7
  0xa3,
  0x00,
  0x70, // mov [7000h], ax
  0xf4, // hlt
]);
const CODE_BYTES: u64 = 13;

let processor: u32 = 0;
let runs: u64 = 0;
/**
 * Whether there is a second VM. An interrupt of the machine lets the root VM go on, whose CPUID is not behind it yet: it is
 * executed again when the interrupt is served, and the second VM goes on.
 */
let isRunning = false;

/** The root VM on this processor, and the second one while there is one. */
let rootVs: Vs = Vs.of(0);
let rootVp: Vp = Vp.of(0);
let vm: Vm = Vm.of(0);
let vp: Vp = Vp.of(0);
let vs: Vs = Vs.of(0);
let tables: NestedTables | null = null;
let page: u64 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS, which does not see the hypervisor. */
export function bootstrap(ppid: u32): Next {
  processor = ppid;
  rootVs = startRoot(ppid);
  rootVp = Vp.active;
  onCpuid((exit: CpuidExit): bool => {
    if (exit.leaf != LEAF_RUN) return false;
    // Next.Run runs what is active now
    if (isRunning || begin(exit.subleaf & 0xffff)) {
      vs.activate(vm, vp);
      exit.next = Next.Run;
    } else exit.answer(0, 0, 0, 0);
    return true;
  });
  onHlt(end);
  onLeave(() => {
    logNumber("runs of the second VM: ", runs);
  });
  return rootVs.hideHypervisor() ? Next.Run : Next.Fail;
}

/** Makes the second VM. False: no memory. */
function begin(argument: u32): bool {
  page = allocatePage();
  const map = makeTables();
  if (map === null) {
    if (page != 0) freePage(page);
    return false;
  }
  copyMemory(ownMemory(page) + (START - PAGE), nativeAddress(<u32>CODE), CODE_BYTES);
  vm = Vm.create();
  vp = Vp.create(vm);
  vs = Vs.create(vp, processor, ASID);
  startInRealMode(vs, 0, START);
  vs.set(Register.Rax, argument);
  map.use(vs);
  isRunning = true;
  return true;
}

/** Its memory: one page. */
function makeTables(): NestedTables | null {
  const map = NestedTables.empty();
  tables = map;
  if (map === null || (page != 0 && map.map(PAGE, page, Right.All))) return map;
  map.free();
  return null;
}

/** The second VM is done: the root VM gets its answer, and goes on behind its CPUID. */
function end(exit: Exit): bool {
  const result = <u32>guest.rax & 0xffff;
  const stored: u32 = peek16(ownMemory(page));
  rootVs.activate(Vm.root, rootVp);
  isRunning = false;
  guest.answer(result, stored, 0, 0);
  vs.destroy();
  vp.destroy();
  vm.destroy();
  const map = tables;
  if (map !== null) map.free();
  freePage(page);
  runs++;
  exit.next = Next.AdvanceAndRun;
  return true;
}
