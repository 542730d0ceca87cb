// A thread with a warm compiler: takes CompileRequest, answers CompileResult
//
// JavaScript, because a thread of Node.js 20 does not inherit the loader for TypeScript: it registers its own.

import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

// Loaded before the loader for TypeScript is: that would parse its five megabytes of JavaScript, for ten seconds.
await import(`${workerData.package}/asc`);

register();
const { compileTypeScript } = await import("./assemblyscript.ts");

parentPort?.on("message", async (request) => {
  parentPort?.postMessage(await compileTypeScript(request));
});
