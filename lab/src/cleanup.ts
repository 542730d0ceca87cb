// What must not outlive this process: folders, however the process ends

type Cleanup = () => void;

const cleanups = new Set<Cleanup>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const cleanUp = (): void => {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
};

/** A signal that nobody else in this process cares for ends it as it would without the lab, but behind the cleanups. */
const onSignal = (signal: NodeJS.Signals): void => {
  if (process.listenerCount(signal) > 1) return;
  cleanUp();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
};

/**
 * Calls `cleanup` when this process ends, by itself or by a signal; SIGKILL excepted.
 *
 * @returns forgets it
 */
export const atEnd = (cleanup: Cleanup): (() => void) => {
  if (cleanups.size === 0) {
    process.on("exit", cleanUp);
    for (const signal of signals) process.on(signal, onSignal);
  }
  cleanups.add(cleanup);
  return () => {
    if (!cleanups.delete(cleanup) || cleanups.size > 0) return;
    process.off("exit", cleanUp);
    for (const signal of signals) process.off(signal, onSignal);
  };
};
