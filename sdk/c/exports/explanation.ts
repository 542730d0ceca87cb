// Why the processor refuses a VS, in C, C++ and Rust

import { lockInstance, unlockInstance } from "../../typescript/src/life/instance";
import { explain } from "../../typescript/src/text/explanation";
import { Level, line } from "../../typescript/src/text/log";

export function bf_vs_explain(vs: u32): u32 {
  lockInstance();
  const why = explain(vs);
  const isBroken = why.isBroken;
  if (isBroken) why.describe(line(Level.Error)).end();
  unlockInstance();
  return isBroken ? 1 : 0;
}

export function bf_vs_broken_rule(vs: u32): u32 {
  lockInstance();
  const why = explain(vs);
  const rule = why.isBroken ? why.rule : 0;
  unlockInstance();
  return rule;
}
