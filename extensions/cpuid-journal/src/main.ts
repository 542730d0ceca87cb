// Remembers which CPUID leaves each processor was asked for: closures, a map, errors, and something to dispose of

import { CpuidExit, disposeOnLeave, Next, onCpuid, onUncaught, reportError, startRoot } from "@bareflank/sdk";
import { Journal } from "./journal";

/** EAX tells how often the leaf in ECX was asked for; 0 for one that never was. */
const LEAF_COUNT: u32 = 0x4000_0020;
/** The same, but a leaf that never was asked for is an error that nobody catches. */
const LEAF_COUNT_STRICT: u32 = 0x4000_0021;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  const journal = disposeOnLeave(new Journal());
  let failures: u32 = 0;
  onCpuid((exit) => {
    journal.note(exit.leaf);
    return false;
  });
  onCpuid(answering(LEAF_COUNT, (leaf) => countOrZero(journal, leaf)));
  onCpuid(answering(LEAF_COUNT_STRICT, (leaf) => <u32>journal.count(leaf)));
  onUncaught((error) => {
    failures++;
    reportError(error);
    // The VM goes on behind its CPUID, which has told nothing
    return failures < 100 ? Next.AdvanceAndRun : Next.Fail;
  });
  return Next.Run;
}

/** A handler that answers one leaf: with what a function makes of the subleaf. */
function answering(leaf: u32, answer: (subleaf: u32) => u32): (exit: CpuidExit) => bool {
  return (exit) => {
    if (exit.leaf != leaf) return false;
    exit.answer(answer(exit.subleaf), 0, 0, 0);
    return true;
  };
}

function countOrZero(journal: Journal, leaf: u32): u32 {
  try {
    return <u32>journal.count(leaf);
  } catch (_error) {
    return 0;
  }
}
