// What system calls cost, in instructions from ring 3 and back: QEMU's -icount makes RDTSC count them

import { assemble, type Changes } from "./assemble.ts";
import { run } from "./run.ts";

const TIMES = 1000;
/** DEC and JNZ, which go round. */
const LOOP_INSTRUCTIONS = 2;

/** Reads the counter into a register; RAX and RDX are lost. */
const readCounter = (register: string) => `rdtsc; shl rdx, 32; or rax, rdx; mov ${register}, rax`;

/** The line that DEBUG_OUT prints: REG0 and REG1 as hexadecimal numbers. */
const PRINTED = /^0x([0-9a-f]{16}) 0x([0-9a-f]{16})\r?$/m;

/** Runs one measuring extension, and gives the two numbers that it prints. */
async function measured(changes: Changes): Promise<[number, number]> {
  const { output, message } = await run(assemble(changes), { icount: true, cpuids: 1 });
  const match = PRINTED.exec(output);
  if (match === null) throw new Error(`The bare platform did not measure. ${message}\n${output}`);
  return [Number(`0x${match[1]}`), Number(`0x${match[2]}`)];
}

/** Instructions of one call, those that load its arguments included, in vmexit: R13 is the number of the active VS. */
async function costOf(call: string): Promise<number> {
  const [ticks] = await measured({
    vmexit: [
      "cmp dword ptr [rip + exits], 1; jne 32f",
      "mov r13, rdi; mov rbp, rsi",
      readCounter("r14"),
      `mov ebx, ${TIMES}`,
      `31: ${call}`,
      "dec ebx; jnz 31b",
      readCounter("r15"),
      "sub r15, r14; mov rdi, r15; xor esi, esi; CALL(DEBUG_OUT)",
      "mov rdi, r13; mov rsi, rbp; 32:",
    ].join("; "),
  });
  return Math.round(ticks / TIMES) - LOOP_INSTRUCTIONS;
}

/** A VS's RIP is read. */
export const vsReadCost = (): Promise<number> =>
  costOf("mov rsi, r13; mov edx, BF_AMD_REG_RIP; CALL_WITH_HANDLE(VS_READ)");

/** The same with a handle that is none. */
export const badHandleCost = (): Promise<number> =>
  costOf("mov edi, 77; mov rsi, r13; mov edx, BF_AMD_REG_RIP; CALL(VS_READ)");

/** Instructions of a CPUID in the root VM, there and back, whose handler also executes `code`. */
async function exitCost(code: string): Promise<number> {
  const { output, message } = await run(assemble({ vmexit: code }), { icount: true, cpuids: TIMES });
  const match = /in the root VM: (\d+) each/.exec(output);
  if (match === null) throw new Error(`The bare platform did not measure. ${message}\n${output}`);
  return Number(match[1]);
}

/** What it adds to an exit that the extension uses a vector register: the guest's are saved, and come back before it runs. */
export const vectorCost = async (): Promise<number> => (await exitCost("pxor xmm0, xmm0")) - (await exitCost("nop"));

/** Makes a VM, a VP and a VS, and destroys them; R8 and RBP keep the first two. */
const makeAndDestroy = [
  "CHECKED(VM_CREATE); movzx ebp, di; mov rsi, rbp; CHECKED(VP_CREATE); movzx r12d, di",
  "mov rsi, r12; movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); movzx esi, di; CHECKED(VS_DESTROY)",
  "mov rsi, r12; CHECKED(VP_DESTROY); mov rsi, rbp; CHECKED(VM_DESTROY)",
].join("; ");

/** How many there are beside when it is measured the second time: as many as fit, but one. */
const OTHER_VMS = 14;
const OTHER_VPS = 254;
const OTHER_VSS = 254;

/** Instructions to make and destroy a VM, a VP and a VS: with nothing but the root's beside, and with all that fits. */
export async function objectCost(): Promise<{ readonly few: number; readonly many: number }> {
  const measure = (register: string) =>
    `${readCounter("r14")}; ${makeAndDestroy}; ${readCounter(register)}; sub ${register}, r14`;
  const [few, many] = await measured({
    bootstrap: [
      // The second one: the first one makes the allocators get memory
      makeAndDestroy,
      measure("r15"),
      `mov ebx, ${OTHER_VMS}; 41: CHECKED(VM_CREATE); dec ebx; jnz 41b`,
      `mov ebx, ${OTHER_VPS}; 42: mov esi, BF_ROOT_VMID; CHECKED(VP_CREATE); dec ebx; jnz 42b`,
      "movzx ebp, di",
      `mov ebx, ${OTHER_VSS}; 43: mov rsi, rbp; movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); dec ebx; jnz 43b`,
      // As before: what the others took, pages of zeros above all, is there again
      makeAndDestroy,
      measure("r13"),
      "mov rdi, r15; mov rsi, r13; CALL(DEBUG_OUT)",
    ].join("; "),
  });
  return { few, many };
}
