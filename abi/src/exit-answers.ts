// What an SDK does about each exit that no handler wants: every reason has an answer
//
// Exits that an extension did not ask for find what the processor would have done. The others are of extensions that asked
// and then do not say what is to happen: an instruction raises #UD and the debug ring says so, which costs a program of
// the VM and not its processor. APM volume 2, appendix C and 15.9; SDM volume 3, appendix C, 26.1.2 and 26.1.3.

import { amdExits, intelExits } from "./callbacks.ts";
import type { Table } from "./schema.ts";
import { banner } from "./spelling.ts";

/** What is done. */
export const answers = {
  /** Somebody must know: the callback fails, and the ring says for which exit. Not for instructions. */
  FAIL: 0,
  /** #UD without a word: an instruction that the VM does not have, or must not. */
  UNDEFINED: 1,
  /** #UD, and a line in the ring: an instruction that the VM has, and nobody carries out. */
  MISSING: 2,
  /** On with the next instruction: what this one does may be left out. */
  SKIP: 3,
  /** On where the VM is: an event that is over. */
  RUN: 4,
  /** All translations are forgotten instead of some, then on with the next instruction. */
  FLUSH: 5,
  /** The processor answers CPUID. */
  CPUID: 6,
  /** The time, with the VM's offset. */
  TIME: 7,
  /** A port is read or written. */
  IO: 8,
  /** An MSR is read or written. */
  MSR: 9,
  /** A control register is read or written. */
  CONTROL: 10,
  /** XCR0 is written. */
  XSETBV: 11,
  /** The VM gets the exception, or on Intel the NMI. */
  EVENT: 12,
  /** The wish for a window is taken back. */
  WINDOW: 13,
  /** The NMI that waits is delivered. */
  NMI_WINDOW: 14,
  /** The machine is reset, as its processor's shutdown does without a hypervisor; that of another VM is FAIL. */
  RESET: 15,
} as const;

type Answer = keyof typeof answers;

/** Answers by names of exits; a name that numbers 16 or 32 reasons stands for all of them. */
function decide(table: Table, prefix: string, decided: Partial<Record<Answer, string>>): Map<number, Answer> {
  const found = new Map<number, Answer>();
  for (const [answer, names] of Object.entries(decided) as [Answer, string][]) {
    for (const name of names.split(/\s+/).filter((each) => each !== "")) {
      const constant = table.constants.find((each) => each.name === prefix + name.toUpperCase());
      if (constant === undefined) throw new RangeError(`${prefix}${name} is no exit`);
      const count = FAMILIES[constant.name] ?? 1;
      for (let i = 0; i < count; i++) {
        const reason = Number(constant.value) + i;
        if (found.has(reason)) throw new RangeError(`${constant.name} is decided twice`);
        found.set(reason, answer);
      }
    }
  }
  const forgotten = table.constants.filter(({ value }) => !found.has(Number(value)));
  if (forgotten.length > 0) throw new RangeError(`not decided: ${forgotten.map(({ name }) => name).join(", ")}`);
  return found;
}

/** How many reasons begin at a constant that stands for several. */
const FAMILIES: Record<string, number> = {
  AMD_EXIT_CR_READ: 16,
  AMD_EXIT_CR_WRITE: 16,
  AMD_EXIT_DR_READ: 16,
  AMD_EXIT_DR_WRITE: 16,
  AMD_EXIT_EXCEPTION: 32,
  AMD_EXIT_CR_WRITE_TRAP: 16,
};

export const amdAnswers = decide(amdExits, "AMD_EXIT_", {
  // Events of the machine, what only a VMM knows, and VSs that are wrong
  FAIL: `intr nmi smi init ferr_freeze nested_page_fault avic_incomplete_ipi avic_no_acceleration bus_lock
    invalid`,
  UNDEFINED: `vmrun vmmcall vmload vmsave stgi clgi skinit invlpga rsm rdpru invlpgb invlpgb_illegal tlbsync mcommit
    vmgexit`,
  MISSING: `dr_read dr_write idtr_read gdtr_read ldtr_read tr_read idtr_write gdtr_write ldtr_write tr_write rdpmc pushf
    popf iret int task_switch icebp`,
  // INVD may lose nothing that caches hold; WBINVD, PAUSE, MONITOR and MWAIT may do nothing; nobody waits at HLT
  SKIP: "invd wbinvd pause hlt idle_hlt monitor mwait mwait_armed",
  RUN: "efer_write_trap cr_write_trap",
  FLUSH: "invlpg invpcid",
  CPUID: "cpuid",
  TIME: "rdtsc rdtscp",
  IO: "io",
  MSR: "msr",
  CONTROL: "cr_read cr_write cr0_selective_write",
  XSETBV: "xsetbv",
  EVENT: "exception",
  WINDOW: "vintr",
  RESET: "shutdown",
});

export const intelAnswers = decide(intelExits, "INTEL_EXIT_", {
  FAIL: `external_interrupt init sipi io_smi other_smi invalid_guest_state invalid_msr_loading
    machine_check_at_entry apic_access ept_violation ept_misconfiguration page_modification_log_full spp_event
    entry_failure`,
  UNDEFINED: `getsec rsm vmcall vmclear vmlaunch vmptrld vmptrst vmread vmresume vmwrite vmxoff vmxon invept invvpid vmfunc
    encls enclv pconfig loadiwkey seamcall tdcall`,
  MISSING: `task_switch rdpmc mov_dr gdtr_idtr_access ldtr_tr_access rdrand rdseed xsaves xrstors enqcmd enqcmds rdmsrlist
    wrmsrlist urdmsr uwrmsr rdmsr_immediate wrmsrns_immediate`,
  SKIP: "invd wbinvd pause hlt monitor mwait umwait tpause",
  RUN: `monitor_trap_flag preemption_timer tpr_below_threshold virtualized_eoi apic_write bus_lock instruction_timeout`,
  FLUSH: "invlpg invpcid",
  CPUID: "cpuid",
  TIME: "rdtsc rdtscp",
  IO: "io",
  MSR: "rdmsr wrmsr",
  CONTROL: "cr_access",
  XSETBV: "xsetbv",
  EVENT: "exception_or_nmi",
  WINDOW: "interrupt_window",
  NMI_WINDOW: "nmi_window",
  RESET: "triple_fault",
});

/** Reasons above this are none of an instruction. */
const LAST = 0xff;

/** Bytes by reason; a number that no manual names yet is an instruction's, as most new ones are. */
function bytes(decided: Map<number, Answer>): number[] {
  return Array.from({ length: LAST + 1 }, (_, reason) => answers[decided.get(reason) ?? "MISSING"]);
}

const lines = (values: number[]) =>
  Array.from({ length: values.length / 16 }, (_, row) => `  ${values.slice(row * 16, row * 16 + 16).join(", ")},\n`);

/** exit-answers.ts: a byte for each reason. */
export function exitAnswers(): string {
  const names = Object.entries(answers).map(([name, value]) => `export const ANSWER_${name}: u32 = ${value};\n`);
  const table = (name: string, decided: Map<number, Answer>) =>
    `export const ${name}: usize = memory.data<u8>([\n${lines(bytes(decided)).join("")}]);\n`;
  return `${banner("//")}
// What an SDK does about an exit that no handler wants, by its reason up to LAST_ANSWERED; FAIL above

${names.join("")}
export const LAST_ANSWERED: u64 = ${LAST};
${table("AMD_ANSWERS", amdAnswers)}${table("INTEL_ANSWERS", intelAnswers)}`;
}
