// What AMD and Intel have both, under other numbers: one portable number that holds the two
//
//     bits 15:0 AMD's number, bits 31:16 Intel's
//
// A source that uses these runs on both: the SDKs take the half of the processor that they run on.

import { amdExits, intelExits } from "./callbacks.ts";
import { amdRegisters, intelRegisters } from "./registers.ts";
import { type Table, table } from "./schema.ts";

type Vendor = "AMD" | "INTEL";
type Entries = Record<string, number | readonly [number, string]>;

const tables = { REG: { AMD: amdRegisters, INTEL: intelRegisters }, EXIT: { AMD: amdExits, INTEL: intelExits } };

function numberOf(kind: keyof typeof tables, vendor: Vendor, name: string): number {
  const wanted = `${vendor}_${kind}_${name.toUpperCase()}`;
  const constant = tables[kind][vendor].constants.find((each) => each.name === wanted);
  if (constant === undefined) throw new RangeError(`${wanted} does not exist`);
  return Number(constant.value);
}

const join = (amd: number, intel: number) => amd + intel * 0x1_0000;

/** Pairs by name; `name=amdName/intelName` where the vendors' tables call it differently. */
function pairs(kind: keyof typeof tables, names: string): Entries {
  const words = names.split(/\s+/).filter((word) => word !== "");
  return Object.fromEntries(
    words.map((word): [string, number] => {
      const [name = "", other = `${name}/${name}`] = word.split("=");
      const [amdName = "", intelName = ""] = other.split("/");
      const both = join(numberOf(kind, "AMD", amdName), numberOf(kind, "INTEL", intelName));
      return [`${kind}_${name.toUpperCase()}`, both];
    }),
  );
}

const segments = (names: string) =>
  names
    .split(" ")
    .map((name) => `${name}_selector ${name}_attrib ${name}_limit ${name}_base`)
    .join(" ");

/** Registers of a VS that every processor has. Attributes of segments have the vendor's own format. */
export const registers: Table = table("portable", "Registers of a VS that AMD and Intel have both", "u32", {
  ...pairs(
    "REG",
    `rax rbx rcx rdx rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip rsp rflags
     cr0 cr2 cr3 cr4 cr8 efer xcr0 dr0 dr1 dr2 dr3 dr6 dr7
     star lstar cstar sfmask=fmask/fmask kernel_gs_base
     sysenter_cs sysenter_esp sysenter_eip pat debug_control=dbgctl/debugctl
     ${segments("es cs ss ds fs gs ldtr tr")} gdtr_limit gdtr_base idtr_limit idtr_base
     address_space_id=guest_asid/virtual_processor_identifier tsc_offset`,
  ),
  REG_CPL: [
    join(numberOf("REG", "AMD", "cpl"), numberOf("REG", "INTEL", "ss_attrib")),
    "The current privilege level: on Intel bits 6:5 of SS's attributes.",
  ],
});

/** Exit reasons that mean the same on both. */
export const exits: Table = table("portable", "Exit reasons that AMD and Intel have both", "u32", {
  ...pairs(
    "EXIT",
    `external_interrupt=intr/external_interrupt interrupt_window=vintr/interrupt_window task_switch
     cpuid hlt invd invlpg io monitor mwait pause rdpmc rdtsc rdtscp wbinvd xsetbv hypercall=vmmcall/vmcall
     shutdown=shutdown/triple_fault nested_page_fault=nested_page_fault/ept_violation`,
  ),
});

/** A bit that makes a VM exit: the register that holds it << 5 | its number. */
const amd = (word: 1 | 2, bit: number) => (numberOf("REG", "AMD", `intercept_instruction${word}`) << 5) | bit;
const intel = (word: string, bit: number) => (numberOf("REG", "INTEL", word) << 5) | bit;
const pin = (bit: number) => intel("pin_based_vm_execution_ctls", bit);
const primary = (bit: number) => intel("primary_proc_based_vm_execution_ctls", bit);
const secondary = (bit: number) => intel("secondary_proc_based_vm_execution_ctls", bit);
const ALWAYS = 0;

/** What a VM can be made to exit for (APM volume 2, 15.9; SDM volume 3, 25.6.1, 25.6.2 and 26.1.2). */
export const intercepts: Table = table(
  "portable",
  "What a VM exits for, on AMD and Intel: register << 5 | bit; Intel's is 0 for what exits always there",
  "u32",
  {
    INTERCEPT_INTERRUPT: [join(amd(1, 0), pin(0)), "External interrupts."],
    INTERCEPT_NMI: [join(amd(1, 1), pin(3)), "Non-maskable interrupts; on Intel they exit always."],
    INTERCEPT_INTERRUPT_WINDOW: [join(amd(1, 4), primary(2)), "The VM can take an interrupt."],
    INTERCEPT_RDTSC: [join(amd(1, 14), primary(12)), "On Intel RDTSCP, too."],
    INTERCEPT_RDPMC: join(amd(1, 15), primary(11)),
    INTERCEPT_CPUID: [join(amd(1, 18), ALWAYS), "Exits always on Intel."],
    INTERCEPT_INVD: [join(amd(1, 22), ALWAYS), "Exits always on Intel."],
    INTERCEPT_PAUSE: join(amd(1, 23), primary(30)),
    INTERCEPT_HLT: join(amd(1, 24), primary(7)),
    INTERCEPT_INVLPG: join(amd(1, 25), primary(9)),
    INTERCEPT_IO: [join(amd(1, 27), primary(25)), "I/O ports whose bit is set in the map that the VS has."],
    INTERCEPT_MSR: [
      join(amd(1, 28), primary(28)),
      "MSRs whose bit is set in the map that the VS has. On Intel they exit all without it.",
    ],
    INTERCEPT_SHUTDOWN: [join(amd(1, 31), ALWAYS), "Triple faults. Exits always on Intel."],
    INTERCEPT_HYPERCALL: [join(amd(2, 1), ALWAYS), "VMMCALL; VMCALL, which exits always on Intel."],
    INTERCEPT_RDTSCP: [join(amd(2, 7), primary(12)), "On Intel RDTSC, too."],
    INTERCEPT_WBINVD: join(amd(2, 9), secondary(6)),
    INTERCEPT_MONITOR: join(amd(2, 10), primary(29)),
    INTERCEPT_MWAIT: join(amd(2, 11), primary(10)),
    INTERCEPT_XSETBV: [join(amd(2, 13), ALWAYS), "Exits always on Intel."],
  },
);
