// What system calls cost, in instructions from ring 3 and back: QEMU's -icount makes RDTSC count them

import { assemble, type Changes } from "./assemble.ts";
import { run } from "./run.ts";

const TIMES = 1000;
/** VMs, VPs and VSs that there are beside when it is measured the second time, and memory for them. */
const OTHERS = 10_000;
const ENOUGH_MEMORY = `least=${80 * 1024 * 1024}`;

/** DEC and JNZ, which go round. */
const LOOP_INSTRUCTIONS = 2;

/** Reads the counter into a register; RAX and RDX are lost. */
const readCounter = (register: string) => `rdtsc; shl rdx, 32; or rax, rdx; mov ${register}, rax`;

/** The line that DEBUG_OUT prints: REG0 and REG1 as hexadecimal numbers. */
const PRINTED = /^0x([0-9a-f]{16}) 0x([0-9a-f]{16})\r?$/m;

/** The machine's memory, and how much of it the hypervisor gets. */
interface Machine {
  readonly memory?: string;
  readonly append?: string;
}

/** Runs one measuring extension, and gives the two numbers that it prints. */
async function measured(changes: Changes, options: Machine = {}): Promise<[number, number]> {
  const { output, message } = await run(assemble(changes), { icount: true, cpuids: 1, ...options });
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

/** Instructions of a CPUID in the root VM, there and back. */
async function exitCost(changes: Changes): Promise<number> {
  const { output, message } = await run(assemble(changes), { icount: true, cpuids: TIMES, append: ENOUGH_MEMORY });
  const match = /in the root VM: (\d+) each/.exec(output);
  if (match === null) throw new Error(`The bare platform did not measure. ${message}\n${output}`);
  return Number(match[1]);
}

/** What it adds to an exit that the extension uses a vector register: the guest's are saved, and come back before it runs. */
export const vectorCost = async (): Promise<number> =>
  (await exitCost({ vmexit: "pxor xmm0, xmm0" })) - (await exitCost({ vmexit: "nop" }));

/** Makes a VM, a VP and a VS, and destroys them; R8 and RBP keep the first two. */
const makeAndDestroy = [
  "CHECKED(VM_CREATE); mov rbp, rdi; mov rsi, rbp; CHECKED(VP_CREATE); mov r12, rdi",
  "mov rsi, r12; movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); mov rsi, rdi; CHECKED(VS_DESTROY)",
  "mov rsi, r12; CHECKED(VP_DESTROY); mov rsi, rbp; CHECKED(VM_DESTROY)",
].join("; ");

/** Makes so many of each: every VM has a VP with a VS. */
const makeOthers = (count: number) =>
  [
    `mov ebx, ${count}; 41: CHECKED(VM_CREATE); mov rsi, rdi; CHECKED(VP_CREATE); mov rsi, rdi`,
    "movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); dec ebx; jnz 41b",
  ].join("; ");

/** Instructions with nothing but the root's VM, VP and VS there, and with ten thousand of each. */
export interface ObjectCost {
  readonly few: number;
  readonly many: number;
}

/** To make and destroy a VM, a VP and a VS. */
export async function objectCost(others = OTHERS, machine: Machine = { append: ENOUGH_MEMORY }): Promise<ObjectCost> {
  const measure = (register: string) =>
    `${readCounter("r14")}; ${makeAndDestroy}; ${readCounter(register)}; sub ${register}, r14`;
  const changes = {
    version2: true,
    bootstrap: [
      // The second one: the first one makes the allocators get memory
      makeAndDestroy,
      measure("r15"),
      makeOthers(others),
      // As before: what the others took, pages of zeros above all, is there again
      makeAndDestroy,
      measure("r13"),
      "mov rdi, r15; mov rsi, r13; CALL(DEBUG_OUT)",
    ].join("; "),
  };
  const [few, many] = await measured(changes, machine);
  return { few, many };
}

/** To make another VS the active one, and the root VS again; its number is in R15, its VP's and VM's in R14 and R12. */
const switchThereAndBack = [
  "mov rsi, r12; mov rdx, r14; mov r10, r15; CHECKED(VS_SET_ACTIVE)",
  "mov esi, BF_ROOT_VMID; mov rdx, rbp; mov r10, r13; CHECKED(VS_SET_ACTIVE)",
].join("; ");

/** To run another VS: it becomes the active one, one of its registers is read while it is not, and the root VS goes on. */
export async function switchCost(): Promise<ObjectCost> {
  const make = "CHECKED(VM_CREATE); mov r12, rdi; mov rsi, r12; CHECKED(VP_CREATE); mov r14, rdi; mov rsi, r14";
  const measure = [
    `${make}; movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); mov r15, rdi`,
    switchThereAndBack,
    readCounter("rbx"),
    switchThereAndBack,
    "mov rsi, r15; mov edx, BF_AMD_REG_RIP; CHECKED(VS_READ)",
    `${readCounter("r15")}; sub r15, rbx`,
  ].join("; ");
  const changes = {
    version2: true,
    initialised: [
      "mov rbp, r12",
      measure,
      "push r15",
      makeOthers(OTHERS),
      measure,
      "pop rdi; mov rsi, r15; CALL(DEBUG_OUT); mov r12, rbp",
    ].join("; "),
  };
  const [few, many] = await measured(changes, { append: ENOUGH_MEMORY });
  return { few, many };
}

/** Of a CPUID in the root VM, there and back. */
export async function exitCosts(): Promise<ObjectCost> {
  const few = await exitCost({ version2: true });
  return { few, many: await exitCost({ version2: true, initialised: makeOthers(OTHERS) }) };
}

/** Keeps what the root VS, then a second one in a VM of its own, is named by: a guest without memory, which exits at once. */
const makeGuest = [
  "mov [rip + kept], r12; mov [rip + kept + 8], r13",
  "CHECKED(VM_CREATE); mov [rip + kept + 16], rdi; mov rsi, rdi; CHECKED(VP_CREATE); mov [rip + kept + 24], rdi; mov rsi, rdi",
  "movzx edx, word ptr fs:[BF_TCB_PPID]; CHECKED(VS_CREATE); mov [rip + kept + 32], rdi; mov r13, rdi",
  "WRITE(BF_AMD_REG_GUEST_ASID, 2); WRITE(BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPT_VMRUN); WRITE(BF_AMD_REG_EFER, EFER_SVME)",
  // x87, SSE and AVX, all that the machine has, as operating systems do
  "WRITE(BF_AMD_REG_XCR0, 7)",
  "mov r13, [rip + kept + 8]",
  "WRITE(BF_AMD_REG_XCR0, 7)",
].join("; ");

/** The root VM's CPUID lets the guest run, and the guest's nested page fault the root VM, behind it. */
const takeTurns = [
  "cmp rsi, 0x400; je 51f; cmp rsi, EXIT_CPUID; jne 52f; cmp dword ptr fs:[BF_TCB_RAX], BF_CPUID_CONTROL; je 52f",
  "mov rsi, [rip + kept + 16]; mov rdx, [rip + kept + 24]; mov r10, [rip + kept + 32]; CHECKED(VS_RUN)",
  "51: mov esi, BF_ROOT_VMID; mov rdx, [rip + kept]; mov r10, [rip + kept + 8]; CHECKED(VS_ADVANCE_IP_AND_RUN)",
  "52:",
].join("; ");

/** From the root VM to a guest and back: two exits, and two changes of the VS that runs. */
export const worldSwitchCost = (): Promise<number> =>
  exitCost({ version2: true, initialised: makeGuest, vmexit: takeTurns });
