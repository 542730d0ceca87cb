// An audit from outside: the bare platform's root VM makes exits on all processors, and the monitor shows what is mapped meanwhile

import type { RunBareOptions } from "../bare.ts";
import { runBare } from "../bare.ts";
import type { Monitor } from "../emulator/emulator.ts";
import { LabError } from "../errors.ts";
import { removeRunFolder } from "../run-folder.ts";
import { MachineView } from "./machine.ts";
import { audit, type Finding, findingLines } from "./rules.ts";

export interface AuditOptions extends Omit<RunBareOptions, "gdbPort" | "onStart" | "timeout"> {
  /** Whether a VM beside the root VM has to be seen, too. */
  readonly guest?: boolean;
}

export interface AuditResult {
  readonly findings: readonly Finding[];
  /** Whose tables were seen: "PP 0, extension 0", "VM 0 on PP 0". */
  readonly seen: readonly string[];
  /** How many pages they map. */
  readonly pages: number;
  /** Bits of CR4 that all processors had in host mode whenever they were seen there. */
  readonly cr4: bigint;
}

/** What the platform writes when its root VM makes exits for ever. */
const HELD = "bare: held";
const SLIDES = /^bare: slides: 0x[0-9a-f]+ (0x[0-9a-f]+)/m;
/** After so many looks what has not been seen will not be. */
const MOST_LOOKS = 400;

/**
 * Runs extensions on the bare platform and looks at their page tables.
 *
 * @throws LabError when the machine ends before all was seen
 *
 * @example
 * const { findings } = await auditBare({ machine: "amd", smp: 2, extensions: ["build/extensions/default/default.elf"] });
 */
export async function auditBare({ guest = false, append = "", ...options }: AuditOptions): Promise<AuditResult> {
  let monitor: Monitor | undefined;
  let text = "";
  let auditing: Promise<AuditResult> | undefined;
  const { memory = "256M", onOutput, smp = 1 } = options;
  const run = await runBare({
    ...options,
    append: `hold=1 ${append}`,
    onStart: (machine) => {
      monitor = machine;
    },
    onOutput: (chunk) => {
      onOutput?.(chunk);
      text += chunk.toString("latin1");
      if (auditing !== undefined || monitor === undefined || !text.includes(HELD)) return;
      const view = new MachineView(monitor, memoryBytes(memory), BigInt(SLIDES.exec(text)?.[1] ?? 0));
      auditing = auditAndEnd(view, monitor, smp, guest);
    },
  });
  if (auditing === undefined) throw new LabError(`There was nothing to look at: ${run.message || run.lastWords}`);
  const result = await auditing;
  // To be switched off counts as a failure, whose logs are kept
  if (run.folder !== undefined && options.keep !== true) removeRunFolder(run.folder);
  return result;
}

/** `128M` or `1G` in bytes. */
const memoryBytes = (size: string): bigint => BigInt(Number.parseInt(size, 10)) << (size.endsWith("G") ? 30n : 20n);

async function auditAndEnd(view: MachineView, monitor: Monitor, smp: number, guest: boolean): Promise<AuditResult> {
  try {
    return await auditAll(view, smp, guest);
  } finally {
    view.dispose();
    await monitor.quit().catch(() => undefined);
  }
}

async function auditAll(view: MachineView, smp: number, guest: boolean): Promise<AuditResult> {
  const lines = new Map<string, Finding>();
  const seen = new Map<string, number>();
  const roots = new Set<string>();
  let isGuestSeen = false;
  let common = ~0n;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const look = await view.look();
    for (const { name, leaves } of look.hosts) seen.set(name, leaves.length);
    for (const { isRootVm, name, tables } of look.nested) {
      seen.set(name, tables?.leaves.length ?? 0);
      if (isRootVm) roots.add(name);
      isGuestSeen ||= !isRootVm;
    }
    for (const { cr4 } of look.registers) common &= cr4;
    for (const finding of audit(look)) {
      lines.set(`${finding.where} ${finding.rule} ${finding.address} ${finding.physical}`, finding);
    }
    if (look.processors.length === smp && roots.size === smp && (isGuestSeen || !guest)) {
      const pages = [...seen.values()].reduce((sum, count) => sum + count, 0);
      return { findings: [...lines.values()], seen: [...seen.keys()].sort(), pages, cr4: common };
    }
  }
  throw new LabError(
    `Of ${smp} processors${guest ? " and two VMs" : ""} only these have been seen: ${[...seen.keys()].sort().join("; ") || "none"}.`,
  );
}

/** What an audit found, for people. */
export const auditText = ({ findings, pages, seen }: AuditResult): string =>
  [
    ...findingLines(findings),
    `audit: ${seen.length} sets of page tables with ${pages} entries for pages: ${seen.join("; ")}`,
    findings.length === 0 ? "audit: nothing is mapped that should not be" : `audit: ${findings.length} findings`,
    "",
  ].join("\n");
