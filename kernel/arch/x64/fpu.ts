// x87, vector and whatever other registers XSAVE holds: whose state the processor has
//
//     a VS          from when it becomes active until another one does; host mode has CR0.TS set
//     an extension  from its first such instruction, which raises #NM, until a VS runs or another extension does the same
//
// So a guest's state stays in the processor while its exits are handled, and no extension sees it or changes it; one that
// executes such an instruction has registers of its own. Whoever has not the processor's has an area in memory. On the path
// of an exit all of this costs nothing: VMRUN and VM exits carry CR0.TS, and an extension that has taken the registers leaves
// WORK_FPU, which the short way looks for with everything else that waits.

import {
  CONTEXT_FAIL,
  PP_BLOCK_BOOT_FPU,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_FAIL_FPU,
  PP_BLOCK_FPU,
  PP_BLOCK_FPU_OWNER,
  PP_BLOCK_WORK,
  WORK_FPU,
} from "../../../abi/generated/bare/pp-block";
import { copyMemory, peek64, poke64 } from "../../../bsl/src/memory";
import { block32, block64, setBlock64 } from "../../src/pp";
import { addWork, takeWork } from "../../src/requests";
import { fxrstor, fxsave, rdmsr, readCr0, readXcr0, tryWriteXcr0, writeCr0, wrmsr, xrstor, xsave } from "./cpu";
import {
  allocateFpu,
  cleanFpu,
  fpuArea,
  fpuBytes,
  fpuComponents,
  hasDisabledFpu,
  plainComponents,
  resetFpu,
} from "./fpu-area";
import { CR0_TS, HOST_CR0 } from "./host-registers";
import { currentXcr0, hasXcr0, setXcr0 } from "./xcr0";

/** Extended feature disable: components of which the processor keeps nothing. */
const MSR_XFD: u32 = 0x1c4;

/** The processor has the operating system's state: takes an area for it. False when memory runs out. */
export function keepBootFpu(): bool {
  const object = allocateFpu();
  setBlock64(PP_BLOCK_BOOT_FPU, object);
  setBlock64(PP_BLOCK_FPU_OWNER, object);
  return object != 0;
}

/** Gives the processor back the state that the operating system entered with. */
export function restoreBootFpu(): void {
  const boot = block64(PP_BLOCK_BOOT_FPU);
  if (block64(PP_BLOCK_FPU_OWNER) != boot) giveFpu(boot);
}

/** Makes a VS's state the one that the operating system entered with. */
export function loadBootFpu(object: u64): void {
  const owner = block64(PP_BLOCK_FPU_OWNER);
  const boot = block64(PP_BLOCK_BOOT_FPU);
  // Its area has it in any case then
  if (owner == boot) exchange(boot);
  copyMemory(fpuArea(object), fpuArea(boot), fpuBytes());
  if (owner != object) return;
  // What the processor has of the VS is not its state any more
  setBlock64(PP_BLOCK_FPU_OWNER, 0);
  exchange(object);
}

/** The area of a VS's state as it is now, wherever that is: of this processor's VSs. */
export function currentFpu(object: u64): u64 {
  if (block64(PP_BLOCK_FPU_OWNER) == object) exchange(object);
  return fpuArea(object);
}

/** The area has been written: whatever the processor has of the VS is not its state any more. */
export function adoptFpu(object: u64): void {
  cleanFpu(object);
  if (block64(PP_BLOCK_FPU_OWNER) != object) return;
  setBlock64(PP_BLOCK_FPU_OWNER, 0);
  exchange(object);
}

/** Gives the processor a VS's state, which ring 3 does not touch. */
export function giveFpu(object: u64): void {
  if (block64(PP_BLOCK_FPU_OWNER) == object) writeCr0(HOST_CR0);
  else exchange(object);
}

/** The active VS runs: the processor has its state again, whatever the extension needed. */
export function settleFpu(object: u64): void {
  if ((block32(PP_BLOCK_WORK) & WORK_FPU) == 0) return;
  takeWork(WORK_FPU);
  giveFpu(object);
}

/**
 * The running extension executed an instruction that wants the registers, and gets its own. False when it has them: the
 * exception is about something else, such as a component that is disabled.
 */
export function takeFpu(): bool {
  if ((readCr0() & CR0_TS) == 0) return false;
  giveFpu(block64(block32(PP_BLOCK_CONTEXT) == CONTEXT_FAIL ? PP_BLOCK_FAIL_FPU : PP_BLOCK_FPU));
  writeCr0(HOST_CR0 & ~CR0_TS);
  addWork(WORK_FPU);
  return true;
}

/** Another extension is entered, or the same one elsewhere: it asks for its registers itself. */
export function hideFpu(): void {
  if ((block32(PP_BLOCK_WORK) & WORK_FPU) != 0) writeCr0(HOST_CR0);
}

/** The fail callback begins with the initial state; that of what failed waits for `again`. */
export function beginFailFpu(): void {
  hideFpu();
  const object = block64(PP_BLOCK_FAIL_FPU);
  if (block64(PP_BLOCK_FPU_OWNER) == object) setBlock64(PP_BLOCK_FPU_OWNER, 0);
  resetFpu(object);
}

/** The same, and XCR0, where one VS takes another's place: `out` and `into` are where they have theirs. */
export function exchangeFpu(from: u64, to: u64, out: u64, into: u64): void {
  const all = plainComponents();
  if (all == 0 || block64(PP_BLOCK_FPU_OWNER) != from) {
    poke64(out, currentXcr0());
    setXcr0(peek64(into));
    giveFpu(to);
    return;
  }
  setBlock64(PP_BLOCK_FPU_OWNER, to);
  writeCr0(HOST_CR0 & ~CR0_TS);
  const before = readXcr0();
  poke64(out, before);
  // All components, those included that XCR0 switches off at the moment
  if (before != all) tryWriteXcr0(all);
  xsave(fpuArea(from), all);
  xrstor(fpuArea(to), all);
  if (peek64(into) != all) tryWriteXcr0(peek64(into));
  writeCr0(HOST_CR0);
}

/** Saves the state of who has the processor's, and loads that of `next`. */
function exchange(next: u64): void {
  const owner = block64(PP_BLOCK_FPU_OWNER);
  writeCr0(HOST_CR0 & ~CR0_TS);
  const xcr0 = currentXcr0();
  const disabled: u64 = hasDisabledFpu() ? rdmsr(MSR_XFD) : 0;
  // All components, those included that XCR0 switches off at the moment
  const isPart = xcr0 != fpuComponents();
  if (isPart) setXcr0(fpuComponents());
  if (disabled != 0) wrmsr(MSR_XFD, 0);
  if (owner != 0) save(owner);
  if (owner != next) restore(next);
  if (disabled != 0) wrmsr(MSR_XFD, disabled);
  if (isPart) setXcr0(xcr0);
  setBlock64(PP_BLOCK_FPU_OWNER, next);
  writeCr0(HOST_CR0);
}

function save(object: u64): void {
  if (hasXcr0()) xsave(fpuArea(object), fpuComponents());
  else fxsave(fpuArea(object));
}

function restore(object: u64): void {
  if (hasXcr0()) xrstor(fpuArea(object), fpuComponents());
  else fxrstor(fpuArea(object));
}
