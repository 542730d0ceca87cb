// A VS that the processor refuses to run: the debug ring gets the rule of the manual that it breaks

import { Level, line, lockInstance, unlockInstance, Vs } from "@bareflank/sdk";

export function explainRefusal(vs: Vs): void {
  lockInstance();
  vs.explain().describe(line(Level.Warning).text("a guest is not run: ")).end();
  unlockInstance();
}
