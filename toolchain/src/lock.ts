// One build at a time in a folder: kbuild and the bundler write in place

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const RETRY_MILLISECONDS = 50;

/** Runs `work` while no other process holds the lock; one whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: (pid: number) => void): Promise<T> {
  let told = false;
  while (!take(path)) {
    const pid = holder(path);
    if (pid !== undefined && !told) onWait(pid);
    told ||= pid !== undefined;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** The living process that holds the lock; removes the lock of a dead one. */
function holder(path: string): number | undefined {
  const text = readText(path);
  const pid = Number(text);
  // Empty: taken at this very moment.
  if (text === undefined || text === "") return undefined;
  if (Number.isInteger(pid) && isAlive(pid)) return pid;
  rmSync(path, { force: true });
  return undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Released meanwhile.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
