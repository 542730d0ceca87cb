// What else the root VM does on the first processor, for tests of extensions: each when the command line names it
//
//     wrmsr=N value=V    writes an MSR            cr4=BITS       sets bits of CR4, and prints it
//     rdmsr=N            reads and prints it      peek=A         reads and prints 64 bits of memory
//     outb=P value=V     writes a byte to a port  poke=A value=V writes 64 bits, reads and prints them
//                                                 pokes=TIMES    how often
//     outsb=P            writes "abc" to a port   vmmcall=N      VMMCALL or VMCALL, and prints RAX
//     steps=N            the same N times by single steps, before the start, too, and prints how many there were
//     inb=P              reads and prints a byte  ud=TIMES hlt=1 sti=1  UD2, HLT, interrupts for a moment
//     dr0=A dr7=BITS     arms a breakpoint; early=1: before the start, for which nothing changes then
//     own=1              reads the hypervisor's memory, and prints where it begins and how many pages are not all zeroes
//     leaves=1           every answer of CPUID from 64-, 32- and 16-bit code, and how many are not as before the start
//     unpaged=1          leaves long mode, and prints what CR0 reads as there, and EAX of CPUID's leaf 0
//     eax=L ecx=S        CPUID of a leaf and subleaf, and prints EAX
//     door=W rcx=A rdx=B knocks at the kernel's memory door for W, and prints RAX, RCX and RDX
//     balance=TIMES      gives the kernel what it asks for, takes what it offers, and prints what the hypervisor holds
//     sipi=1             INIT and SIPI in all their forms, and prints which processors started (init-sipi.ts)
//     ask=LEAF subleaf=S before each of these: CPUID of a leaf and subleaf, and prints EAX
//     back=LEAF          behind them: CPUID of a leaf, and prints EAX, and what the hypervisor holds when all has come back
//     hook=L             CPUID of leaf L, subleaf the address of a function in a page of its own; then prints what the
//                        function returns, and what the constant in its code reads as
//
// In this order. Numbers are printed in hexadecimal.

import { readVendor } from "#arch/check";
import { cpuidEax, hypercall, rdmsr, readCr4, writeCr4, wrmsr } from "#arch/cpu";
import { VENDOR_INTEL } from "../../abi/generated/bare/boot";
import { MEMORY_DOOR } from "../../abi/generated/bare/exchange";
import { nativeAddress, peek32, peek64, poke64 } from "../../bsl/src/memory";
import { chunkAt, chunkCount } from "../src/arena";
import { balanceMemory, memoryBytes } from "../src/machine";
import { PAGE_BYTES } from "../src/pages";
import { armBreakpoint, inb, openInterruptWindow, outb, outsb, undefinedOpcode, waitOnce } from "./board";
import { print, printHex } from "./console";
import { sendInitAndSipi } from "./init-sipi";
import { compareLeaves } from "./leaves";
import { callHookTarget, hookTarget, leaveLongMode, stepOutsb } from "./machine-code";
import { option } from "./multiboot";

/** No option has this value. */
const ABSENT: u64 = 0xffff_ffff_ffff_ffff;

/** RAX, RBX, RCX, RDX, RSI, RDI, R8, R9. */
const hypercallRegisters: usize = memory.data(64, 8);
const letters: usize = memory.data<u8>([0x61, 0x62, 0x63]);

/** Arms the breakpoint that the command line names. */
export function arm(): void {
  if (has("dr7")) armBreakpoint(option("dr0", 0), option("dr7", 0));
}

/** Does what the command line names. */
export function act(): void {
  const value = option("value", 0);
  if (!has("early")) arm();
  if (has("wrmsr")) wrmsr(<u32>option("wrmsr", 0), value);
  if (has("rdmsr")) show("rdmsr", rdmsr(<u32>option("rdmsr", 0)));
  if (has("outb")) outb(<u32>option("outb", 0), <u32>value);
  if (has("outsb")) outsb(<u32>option("outsb", 0), nativeAddress(<u32>letters), 3);
  countSteps();
  if (has("inb")) show("inb", inb(<u32>option("inb", 0)));
  if (has("cr4")) {
    writeCr4(readCr4() | option("cr4", 0));
    show("cr4", readCr4());
  }
  if (has("peek")) show("peek", peek64(option("peek", 0)));
  if (has("poke")) {
    for (let i = option("pokes", 1); i !== 0; i--) poke64(option("poke", 0), value);
    show("poke", peek64(option("poke", 0)));
  }
  if (has("own")) readArena();
  if (has("leaves")) compareLeaves();
  if (has("unpaged")) {
    const seen = leaveLongMode();
    show("unpaged", peek32(seen));
    show("leaf", peek32(seen + 4));
  }
  if (has("eax")) show("eax", cpuidEax(<u32>option("eax", 0), <u32>option("ecx", 0)));
  if (has("hook")) {
    cpuidEax(<u32>option("hook", 0), <u32>hookTarget());
    for (let i = 0; i < 2; i++) {
      show("called", callHookTarget());
      show("read", peek32(hookTarget() + 1));
    }
  }
  if (has("vmmcall")) {
    const registers = nativeAddress(<u32>hypercallRegisters);
    poke64(registers, option("vmmcall", 0));
    hypercall(registers, readVendor() === VENDOR_INTEL ? 1 : 0);
    show("vmmcall", peek64(registers));
  }
  if (has("door")) door();
  startOthers();
  balance();
  for (let i: u64 = option("ud", 0); i !== 0; i--) undefinedOpcode();
  if (has("hlt")) waitOnce();
  if (has("sti")) openInterruptWindow();
}

/** Writes to a port with single steps, if the command line wants it. */
export function countSteps(): void {
  if (!has("steps")) return;
  const port = <u32>option("outsb", 0);
  let steps: u32 = 0;
  for (let i: u64 = option("steps", 0); i !== 0; i--) steps += stepOutsb(port, nativeAddress(<u32>letters), 3);
  show("steps", steps);
}

function startOthers(): void {
  if (has("sipi") && !sendInitAndSipi()) print("bare: sipi: a processor is lost\n");
}

function balance(): void {
  for (let i: u64 = option("balance", 0); i !== 0; i--) {
    if (has("ask")) show("ask", cpuidEax(<u32>option("ask", 0), <u32>option("subleaf", 0)));
    balanceMemory();
    show("held", memoryBytes());
  }
  if (!has("back")) return;
  show("back", cpuidEax(<u32>option("back", 0), 0));
  while (balanceMemory() !== 0) {}
  show("held", memoryBytes());
}

function door(): void {
  const registers = nativeAddress(<u32>hypercallRegisters);
  poke64(registers, MEMORY_DOOR);
  poke64(registers + 8, option("door", 0));
  poke64(registers + 16, option("rcx", 0));
  poke64(registers + 24, option("rdx", 0));
  hypercall(registers, readVendor() === VENDOR_INTEL ? 1 : 0);
  show("rax", peek64(registers));
  show("rcx", peek64(registers + 16));
  show("rdx", peek64(registers + 24));
}

function has(name: string): bool {
  return option(name, ABSENT) !== ABSENT;
}

function show(name: string, value: u64): void {
  print("bare: ");
  print(name);
  print(" ");
  printHex(value);
  print("\n");
}

/** The arena, as this processor sees it: the platform's memory has its physical addresses. */
function readArena(): void {
  let pages: u64 = 0;
  for (let i: u32 = 0; i < chunkCount(); i++) {
    const chunk = chunkAt(i);
    for (let at: u64 = 0; at < chunk.bytes; at += PAGE_BYTES) if (!isBlank(chunk.physical + at)) pages++;
  }
  show("own", chunkAt(0).physical);
  show("not zero", pages);
}

function isBlank(page: u64): bool {
  for (let at: u64 = 0; at < PAGE_BYTES; at += 8) if (peek64(page + at) !== 0) return false;
  return true;
}
