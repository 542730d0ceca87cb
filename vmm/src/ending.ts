// How a virtual processor's run ended

import { describeExit, type Exit } from "./exits.ts";

export type Ending =
  /** The guest wrote to the exit port. */
  | { readonly kind: "exitPort"; readonly value: number }
  /** HLT with interrupts off: nothing wakes it any more. Systems do that when they are switched off and find no other way. */
  | { readonly kind: "halted" }
  /** A triple fault: how systems reset a machine that has nothing else for it. */
  | { readonly kind: "shutdown" }
  /** `stop` was called. */
  | { readonly kind: "stopped" }
  /** The processor does not enter the guest, or KVM cannot go on; `message` says what it was. */
  | { readonly kind: "failed"; readonly message: string };

/** The end that an exit is, when the guest cannot go on behind it. */
export const endingOf = (exit: Exit): Ending | undefined => {
  switch (exit.kind) {
    case "shutdown":
      return { kind: "shutdown" };
    case "systemEvent":
      return exit.event === "reset" || exit.event === "shutdown"
        ? { kind: "shutdown" }
        : { kind: "failed", message: describeExit(exit) };
    case "failEntry":
    case "internalError":
    case "unknown":
    case "other":
      return { kind: "failed", message: describeExit(exit) };
    default:
      return undefined;
  }
};
