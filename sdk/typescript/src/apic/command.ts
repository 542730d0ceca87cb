// Commands of the local APIC: what one is about, and which processors it is for
//
//     xAPIC    63      56                          19 18   15  14    11     10   8 7      0
//             ┌──────────┐                        ┌──────┬────┬─────┬──────┬──────┬────────┐
//     x2APIC  │ 63    32 │                        │short-│trig│level│ dest │deliv.│ vector │
//             │ who      │                        │hand  │ger │     │ mode │ mode │        │
//             └──────────┘                        └──────┴────┴─────┴──────┴──────┴────────┘
//
// Manual: APM volume 2, 16.5 and 16.12; SDM volume 3, 11.6.1, 11.6.2 and 11.12.10.

export const COMMAND_VECTOR: u32 = 0xff;
const DELIVERY: u32 = 7 << 8;
const DELIVER_INIT: u32 = 5 << 8;
const DELIVER_STARTUP: u32 = 6 << 8;
const LOGICAL: u32 = 1 << 11;
const LEVEL: u32 = 1 << 14;
const TRIGGER_LEVEL: u32 = 1 << 15;
const SHORTHAND_SHIFT: u32 = 18;

const ALL_BUT_SELF: u32 = 3;
const ALL: u32 = 2;
const SELF: u32 = 1;

/** DFR, bits 31:28: all ones, flat; all zeroes, clusters. */
const FLAT: u32 = 0xf;

/** What a command is. */
export enum Command {
  Other,
  /** INIT; also what is left of it, the level that ends, which does nothing. */
  Init,
  InitEnd,
  Startup,
}

/** An APIC as it receives: its identifier in x2APIC mode, whose lowest byte it has in xAPIC mode; LDR and DFR of xAPIC mode. */
@unmanaged
export class Receiver {
  id: u32 = 0;
  logical: u32 = 0;
  format: u32 = 0;
}

/** What the lower half of a command says. */
export function commandOf(low: u32): Command {
  const delivery = low & DELIVERY;
  if (delivery == DELIVER_STARTUP) return Command.Startup;
  if (delivery != DELIVER_INIT) return Command.Other;
  return (low & (LEVEL | TRIGGER_LEVEL)) == TRIGGER_LEVEL ? Command.InitEnd : Command.Init;
}

/** Whether a command is for a receiver. `who`: bits 31:24 of the upper half in xAPIC mode, all 32 in x2APIC mode. */
export function isFor(low: u32, who: u32, isX2apic: bool, isSelf: bool, receiver: Receiver): bool {
  const shorthand = (low >> SHORTHAND_SHIFT) & 3;
  if (shorthand == SELF) return isSelf;
  if (shorthand == ALL) return true;
  if (shorthand == ALL_BUT_SELF) return !isSelf;
  if (who == (isX2apic ? <u32>0xffff_ffff : 0xff)) return true;
  if ((low & LOGICAL) == 0) return who == (isX2apic ? receiver.id : receiver.id & 0xff);
  if (isX2apic) return isMember(who >> 16, who & 0xffff, receiver.id >> 4, (<u32>1) << (receiver.id & 15));
  const logical = receiver.logical >> 24;
  if (receiver.format >> 28 == FLAT) return (who & logical) != 0;
  return isMember(who >> 4, who & 15, logical >> 4, logical & 15) || (who >> 4 == 15 && (who & logical & 15) != 0);
}

function isMember(cluster: u32, members: u32, own: u32, member: u32): bool {
  return cluster == own && (members & member) != 0;
}
