// Group 2, dumps: the kernel's objects as tables in the debug ring

import { ppLoad32 } from "#arch/pparea";
import { readRegister, registerCount, registerLabel } from "#arch/vendor";
import { BOOT_ARGS_PP_COUNT } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { STATUS_INVALID_INPUT_REG0, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { MAX_HUGE_ALLOCATIONS } from "../../../abi/generated/bare/syscalls";
import { PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { peek64 } from "../../../bsl/src/memory";
import { close, decimal, hex, open, text } from "../console";
import { currentExtension, extensionAt, extensionCount } from "../extension";
import { usedRuns } from "../extension-memory";
import { pages, usedPages } from "../memory/pages";
import { lockObjects, unlockObjects } from "../objects";
import { ppid } from "../pp";
import { printLog } from "../statistics";
import { vmAt, vms } from "../vm";
import { vpAt, vps } from "../vp";
import { Vs, vsAt, vss } from "../vs";

/** 2.1: REG0 vmid, allocated or not. */
export function dumpVm(reg0: u64): u64 {
  const id = <u32>reg0 & 0xffff;
  if (!vms.isIndex(id)) return STATUS_INVALID_INPUT_REG0;
  lockObjects();
  if (begin("vm", id, vms.has(id))) {
    row("vps assigned", vmAt(id).vpCount);
    row("direct map", vmAt(id).table);
  }
  close();
  unlockObjects();
  return STATUS_SUCCESS;
}

/** 2.2: REG0 vpid, allocated or not. */
export function dumpVp(reg0: u64): u64 {
  const id = <u32>reg0 & 0xffff;
  if (!vps.isIndex(id)) return STATUS_INVALID_INPUT_REG0;
  lockObjects();
  if (begin("vp", id, vps.has(id))) {
    row("vm", vpAt(id).vmid);
    row("vss assigned", vpAt(id).vsCount);
  }
  close();
  unlockObjects();
  return STATUS_SUCCESS;
}

/** 2.3: REG0 vsid, allocated or not. Its registers by their vendor's numbers, where this processor can read them. */
export function dumpVs(reg0: u64): u64 {
  const id = <u32>reg0 & 0xffff;
  if (!vss.isIndex(id)) return STATUS_INVALID_INPUT_REG0;
  lockObjects();
  if (begin("vs", id, vss.has(id))) printVs(vsAt(id));
  close();
  unlockObjects();
  return STATUS_SUCCESS;
}

function printVs(vs: Vs): void {
  const value = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;
  row("vp", vs.vpid);
  row("pp", vs.ppid);
  row("active", vs.active);
  row("control block", vs.controlBlock);
  if (vs.owner != currentExtension().address() || (vs.active != 0 && vs.ppid != ppid())) return;
  for (let register: u32 = 1; register <= registerCount(); register++) {
    if (!readRegister(vs, register, value)) continue;
    text(registerLabel());
    decimal(register);
    row("", peek64(value));
  }
}

/** 2.4: REG0 ppid: the last exits of this processor; of another one, that it has to ask itself. */
export function dumpVmexitLog(reg0: u64): u64 {
  const id = <u32>reg0 & 0xffff;
  if (id >= ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT)) return STATUS_INVALID_INPUT_REG0;
  open();
  printLog(id);
  close();
  return STATUS_SUCCESS;
}

/** 2.7: REG0 extid. */
export function dumpExt(reg0: u64): u64 {
  const id = <u32>reg0 & 0xffff;
  if (id >= extensionCount()) return STATUS_INVALID_INPUT_REG0;
  const extension = extensionAt(id);
  begin("ext", id, true);
  row("handle", extension.handle);
  row("bootstrap", extension.bootstrapHandler);
  row("vmexit", extension.vmexitHandler);
  row("fail", extension.failHandler);
  row("message", extension.messageHandler);
  row("denials", extension.denials);
  close();
  return STATUS_SUCCESS;
}

/** 2.8: how full the page pool is. */
export function dumpPagePool(): u64 {
  open();
  text("page pool: ");
  decimal(usedPages());
  text(" of ");
  decimal(pages.totalPages());
  text(" pages used\n");
  close();
  return STATUS_SUCCESS;
}

/** 2.9: how many contiguous runs of pages are handed out. */
export function dumpHugePool(): u64 {
  open();
  text("huge pool: ");
  decimal(usedRuns());
  text(" of ");
  decimal(MAX_HUGE_ALLOCATIONS);
  text(" allocations used\n");
  close();
  return STATUS_SUCCESS;
}

/** Prints what a dump is of: whether there is that. */
function begin(kind: string, id: u32, allocated: bool): bool {
  open();
  text(kind);
  text(" ");
  decimal(id);
  text(allocated ? "\n" : " (not allocated)\n");
  return allocated;
}

function row(name: string, value: u64): void {
  text("  ");
  text(name);
  text(" ");
  hex(value);
  text("\n");
}
