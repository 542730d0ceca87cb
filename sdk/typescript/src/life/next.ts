// What happens after a callback

/** A callback's result. The SDK's start file makes the system call, when the callback has returned. */
export enum Next {
  /** Skip the instruction that the VM exited for, and run it on. */
  AdvanceAndRun = 0,
  /** Run the VM on where it is: the instruction is executed again. */
  Run = 1,
  /** Skip the instruction, and give this processor back to the operating system for good. */
  Stop = 2,
  /** Give up: the processor is lost to this extension, and the debug ring says so. */
  Fail = 3,
  /** Wait to be called: how a service's bootstrap ends. */
  Wait = 5,
  /** Only in vmexit, of the extension that owns the root VM: no VM runs here until the processor is kicked (`kick`). */
  AwaitKick = 6,
}
