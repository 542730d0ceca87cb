// What must hold of the page tables in use: pure functions over what was read; each breach is named
//
// Host mode is one space for each extension on each processor. What is the hypervisor's is known by these tables alone: the
// frames that they map, and those that they lie in.

import { type Leaf, PAGE, type Tables } from "./tables.ts";
import {
  entryPages,
  guardsOf,
  mayDouble,
  neededOn,
  type Place,
  type Range,
  type Window,
  type WindowName,
  windowOf,
} from "./windows.ts";

export type Rule =
  | "writable and executable"
  | "outside of every window"
  | "ring 0's, and open to ring 3"
  | "ring 3's, and closed to it"
  | "executable where nothing is executed"
  | "guard page present"
  | "missing"
  | "mapped twice with different rights"
  | "twice in ring 3"
  | "of two extensions"
  | "reachable from a VM"
  | "no nested page tables"
  | "no memory there"
  | "protection switched off"
  | "the kernel's, in ring 3's tables";

/** A breach. */
export interface Finding {
  readonly rule: Rule;
  /** Whose tables, such as "PP 0, extension 1". */
  readonly where: string;
  readonly address: bigint;
  readonly physical: bigint;
  readonly detail: string;
}

/** Host mode's tables of one extension on one processor. */
export interface HostSpace extends Tables {
  readonly name: string;
  readonly ppid: number;
  readonly extension: number;
  /** Whether they are those that only ring 3 runs on, where the microkernel is isolated. */
  readonly isRing3s: boolean;
}

/** A processor's registers in host mode. */
export interface HostRegisters {
  readonly ppid: number;
  readonly cr0: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
}

/** What a VM has instead of physical memory; without leaves, when it has no nested page tables. */
export interface NestedSpace {
  readonly name: string;
  readonly isRootVm: boolean;
  readonly tables: Tables | undefined;
}

/** A range of frames that is shared on purpose. */
export interface Shared extends Range {
  readonly name: string;
  /** Whether a VM may write there. */
  readonly isWritable: boolean;
}

/** All that is looked at. */
export interface Hypervisor {
  readonly hosts: readonly HostSpace[];
  readonly nested: readonly NestedSpace[];
  /** What the operating system and the microkernel have together: the debug ring and the like. */
  readonly shared: readonly Shared[];
  /** Frames of control blocks and the like, which only the direct map shows. */
  readonly structures: readonly bigint[];
  readonly registers: readonly HostRegisters[];
  /** How far the kernel's linear memory lies above where it was linked. */
  readonly memorySlide: bigint;
  /** Where the machine's memory ends. */
  readonly memoryBytes: bigint;
}

const LOCAL_APIC = 0xfee0_0000n;

export const hex = (value: bigint): string => `0x${value.toString(16)}`;

const rightsOf = ({ isUser, isWritable, isExecutable }: Leaf) =>
  `ring ${isUser ? 3 : 0} R${isWritable ? "W" : "-"}${isExecutable ? "X" : "-"}` as const;

/** All breaches. */
export function audit(hypervisor: Hypervisor): Finding[] {
  return [
    ...hypervisor.hosts.flatMap((host) => [...auditPages(host), ...auditGuards(host, hypervisor.memorySlide)]),
    ...hypervisor.hosts.flatMap(auditIsolation),
    ...auditDevices(hypervisor),
    ...auditFrames(hypervisor),
    ...auditNested(hypervisor),
    ...hypervisor.registers.flatMap(auditRegisters),
  ];
}

/** What each mapping says by itself. */
export function auditPages({ name, leaves }: HostSpace): Finding[] {
  return leaves.flatMap((leaf) => {
    const window = windowOf(leaf.address);
    return rulesBroken(leaf, window).map((rule) => ({
      ...{ rule, where: name, address: leaf.address, physical: leaf.physical },
      detail: `${window?.name ?? "no window"}, ${rightsOf(leaf)}`,
    }));
  });
}

function rulesBroken(leaf: Leaf, window: Window | undefined): Rule[] {
  const rules: Rule[] = [];
  if (leaf.isWritable && leaf.isExecutable) rules.push("writable and executable");
  if (window === undefined) return [...rules, "outside of every window"];
  if (leaf.isUser && !window.isUser) rules.push("ring 0's, and open to ring 3");
  if (!leaf.isUser && window.isUser) rules.push("ring 3's, and closed to it");
  if (leaf.isExecutable && !window.mayExecute) rules.push("executable where nothing is executed");
  return rules;
}

/** Guard pages, and what they guard. */
export function auditGuards({ isRing3s, name, ppid, leaves }: HostSpace, memorySlide: bigint): Finding[] {
  const at = (address: bigint) => leaves.find((leaf) => overlaps(leaf, { base: address, bytes: 1n }));
  const present = guardsOf(ppid, memorySlide).flatMap((guard): Finding[] => {
    const leaf = leaves.find((one) => overlaps(one, guard));
    if (leaf === undefined) return [];
    const detail = `${guard.name}, ${rightsOf(leaf)}`;
    return [{ rule: "guard page present", where: name, address: leaf.address, physical: leaf.physical, detail }];
  });
  const needed = neededOn(ppid).filter((address) => !isRing3s || windowOf(address)?.isUser === true);
  const absent = needed.filter((address) => at(address) === undefined);
  return [
    ...present,
    ...absent.map((address): Finding => {
      const detail = windowOf(address)?.name ?? "";
      return { rule: "missing", where: name, address, physical: 0n, detail };
    }),
  ];
}

const overlaps = (leaf: Leaf, { base, bytes }: Range): boolean =>
  leaf.address < base + bytes && base < leaf.address + leaf.bytes;

/** Ring 3's own tables have nothing of the microkernel but what entries need: a page of code, and some of the processor's area. */
export function auditIsolation({ isRing3s, leaves, name }: HostSpace): Finding[] {
  if (!isRing3s) return [];
  const kernels = leaves.filter(({ address }) => windowOf(address)?.isUser === false);
  const code = kernels.find((leaf) => windowOf(leaf.address)?.name === "kernel image" && leaf.isExecutable);
  return kernels
    .filter((leaf) => leaf !== code && !entryPages.some((page) => contains(page, leaf)))
    .map((leaf): Finding => {
      const detail = `${windowOf(leaf.address)?.name}, ${rightsOf(leaf)}`;
      const { address, physical } = leaf;
      return { rule: "the kernel's, in ring 3's tables", where: name, address, physical, detail };
    });
}

const contains = ({ base, bytes }: Range, leaf: Leaf): boolean =>
  leaf.address >= base && leaf.address + leaf.bytes <= base + bytes;

/** Host mode has no device but the local APIC; an extension may have those of a VM. */
export function auditDevices({ hosts, memoryBytes }: Hypervisor): Finding[] {
  return hosts.flatMap(({ leaves, name }) =>
    leaves
      .filter(({ address, bytes, physical }) => physical + bytes > memoryBytes && !mayBeDevice(address, physical))
      .map(({ address, physical }): Finding => {
        const detail = windowOf(address)?.name ?? "no window";
        return { rule: "no memory there", where: name, address, physical, detail };
      }),
  );
}

const mayBeDevice = (address: bigint, physical: bigint): boolean => {
  const window = windowOf(address)?.name;
  return window === "direct map of a VM" || (window === "processor's area" && physical === LOCAL_APIC);
};

/** Bits that host mode cannot do without, on any processor. */
const CR0_WP = 1n << 16n;
const EFER_NXE = 1n << 11n;

/** Without these, rights in tables mean nothing. */
function auditRegisters({ cr0, efer, ppid }: HostRegisters): Finding[] {
  const off = [...((cr0 & CR0_WP) === 0n ? ["CR0.WP"] : []), ...((efer & EFER_NXE) === 0n ? ["EFER.NXE"] : [])];
  const place = { where: `PP ${ppid}`, address: 0n, physical: 0n };
  return off.map((detail) => ({ rule: "protection switched off", ...place, detail }));
}

interface Use {
  readonly host: HostSpace;
  readonly leaf: Leaf;
  readonly window: WindowName;
  readonly place: Place;
}

/** Where each frame is mapped, over all spaces. */
function usesOf(hosts: readonly HostSpace[]): Map<bigint, Use[]> {
  const uses = new Map<bigint, Use[]>();
  for (const host of hosts) {
    for (const leaf of host.leaves) {
      const window = windowOf(leaf.address)?.name;
      if (window === undefined) continue;
      for (const frame of framesOf(leaf)) {
        const list = uses.get(frame);
        const use: Use = { host, leaf, window, place: `${window}, ${rightsOf(leaf)}` };
        if (list === undefined) uses.set(frame, [use]);
        else list.push(use);
      }
    }
  }
  return uses;
}

function* framesOf({ physical, bytes }: Leaf): Generator<bigint> {
  for (let offset = 0n; offset < bytes; offset += PAGE) yield physical + offset;
}

/** Windows that are the kernel's alone: no frame in one is ring 3's elsewhere. The direct map shows all frames. */
const KERNEL_ALONE: readonly WindowName[] = ["processor's area", "kernel image", "kernel memory", "hand-off"];
/** Windows whose frames are one extension's alone. */
const EXTENSION_ALONE: readonly WindowName[] = ["pool", "stacks", "code", "thread-local storage", "linear memory"];

/** What mappings say of a frame together. */
export function auditFrames({ hosts, structures }: Hypervisor): Finding[] {
  const own = new Set([...structures, ...hosts.flatMap(({ tables }) => [...tables])]);
  return [...usesOf(hosts)].flatMap(([frame, uses]) => frameFindings(frame, uses, own.has(frame)));
}

function frameFindings(frame: bigint, uses: readonly Use[], isStructure: boolean): Finding[] {
  const findings: Finding[] = [];
  const find = (rule: Rule, { host, leaf, place }: Use, beside: string) => {
    const detail = `${place}; ${beside}`;
    findings.push({ rule, where: host.name, address: leaf.address, physical: frame, detail });
  };
  const described = ({ leaf, place }: Use) => `also ${place}, at ${hex(leaf.address)}`;
  const open = uses.find(({ leaf }) => leaf.isUser);
  if (open !== undefined) {
    const closed = uses.find(({ place, window }) => KERNEL_ALONE.includes(window) && !mayDouble(place, open.place));
    if (isStructure) find("ring 0's, and open to ring 3", open, "a table or a control block");
    else if (closed !== undefined) find("ring 0's, and open to ring 3", open, described(closed));
  }
  const places = [...new Map(uses.map((use) => [use.place, use])).values()];
  for (const [index, one] of places.entries()) {
    const other = places
      .slice(0, index)
      .find(({ leaf, place }) => rightsOf(leaf) !== rightsOf(one.leaf) && !mayDouble(place, one.place));
    if (other !== undefined) find("mapped twice with different rights", one, described(other));
  }
  const owned = uses.filter(({ window }) => EXTENSION_ALONE.includes(window));
  const twice = owned.find(({ host, leaf }, index) =>
    owned.slice(0, index).some((other) => other.host === host && other.leaf.address !== leaf.address),
  );
  if (twice !== undefined) find("twice in ring 3", twice, `also at ${hex(owned[0]?.leaf.address ?? 0n)}`);
  const foreign = owned.find(({ host }) => host.extension !== owned[0]?.host.extension);
  if (foreign !== undefined) find("of two extensions", foreign, `also extension ${owned[0]?.host.extension}'s`);
  return findings;
}

/** Frames of the hypervisor that no VM reaches, each with its name. A VM that is not the root VM has pages of its extension's. */
function hiddenFrom(isRootVm: boolean, { hosts, structures }: Hypervisor): Map<bigint, string> {
  const hidden = new Map<bigint, string>();
  const given = new Set<bigint>();
  for (const { name, leaves, tables } of hosts) {
    for (const leaf of leaves) {
      const window = windowOf(leaf.address)?.name;
      // Files, and what an extension sees of a VM, are the operating system's memory
      if (window === undefined || window === "extension files" || window === "direct map of a VM") continue;
      for (const frame of framesOf(leaf)) {
        hidden.set(frame, window);
        if (window === "pool" || window === "linear memory") given.add(frame);
      }
    }
    for (const table of tables) hidden.set(table, `a table of ${name}`);
  }
  for (const frame of structures) hidden.set(frame, "a control block");
  // The local APIC is the operating system's as well
  hidden.delete(LOCAL_APIC);
  if (!isRootVm) for (const frame of given) hidden.delete(frame);
  return hidden;
}

/** What VMs reach by their nested tables. */
export function auditNested(hypervisor: Hypervisor): Finding[] {
  return hypervisor.nested.flatMap(({ name, isRootVm, tables }): Finding[] => {
    if (tables === undefined) {
      const detail = "it reaches all memory";
      return [{ rule: "no nested page tables", where: name, address: 0n, physical: 0n, detail }];
    }
    const hidden = hiddenFrom(isRootVm, hypervisor);
    for (const table of tables.tables) hidden.set(table, "a nested page table");
    const frames = [...hidden.keys()].sort((a, b) => (a < b ? -1 : 1));
    return tables.leaves
      .filter(({ isUser }) => isUser)
      .flatMap((leaf) =>
        framesWithin(frames, leaf)
          .filter((frame) => !isShared(hypervisor.shared, frame, leaf))
          .map((frame): Finding => {
            const address = leaf.address + (frame - leaf.physical);
            const detail = `${hidden.get(frame)}, R${leaf.isWritable ? "W" : "-"}${leaf.isExecutable ? "X" : "-"}`;
            return { rule: "reachable from a VM", where: name, address, physical: frame, detail };
          }),
      );
  });
}

const isShared = (shared: readonly Shared[], frame: bigint, leaf: Leaf): boolean =>
  shared.some(
    ({ base, bytes, isWritable }) => frame >= base && frame < base + bytes && (isWritable || !leaf.isWritable),
  );

/** Those of sorted frames that a page covers. */
function framesWithin(frames: readonly bigint[], { physical, bytes }: Leaf): bigint[] {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle] ?? 0n) < physical) low = middle + 1;
    else high = middle;
  }
  const found: bigint[] = [];
  for (let at = low; at < frames.length && (frames[at] ?? 0n) < physical + bytes; at++) found.push(frames[at] ?? 0n);
  return found;
}

/** Findings for people: one line for each rule and place, with its first address, and how many more there are. */
export function findingLines(findings: readonly Finding[]): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.where}: ${finding.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups].map(([key, [first, ...others]]) => {
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return `${key}: ${hex(first?.address ?? 0n)}, page ${hex(first?.physical ?? 0n)} (${first?.detail})${more}`;
  });
}
