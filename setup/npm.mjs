// Are the npm packages those of the lock file?

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./progress.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/**
 * Paths of packages that the lock file wants and that are missing or different. npm keeps what it installed in a
 * lock file of its own inside node_modules.
 *
 * @param {Lock} wanted package-lock.json.
 * @param {Lock} installed node_modules/.package-lock.json.
 * @returns {string[]}
 */
export function outdated(wanted, installed) {
  return Object.entries(wanted.packages)
    .filter(([path]) => path.startsWith("node_modules/") || path.includes("/node_modules/"))
    .filter(([path, entry]) => {
      const present = installed.packages[path];
      if (present === undefined) return !(entry.optional || entry.devOptional) || isForThisMachine(entry);
      return present.version !== entry.version || present.integrity !== entry.integrity || present.link !== entry.link;
    })
    .map(([path]) => path);
}

/**
 * Optional packages are programs for one kind of machine, and what only those for other machines need.
 *
 * @param {LockedPackage} entry
 */
function isForThisMachine({ os, cpu, libc }) {
  return (
    os?.includes(process.platform) === true &&
    cpu?.includes(process.arch) === true &&
    (libc === undefined || libc.includes("glibc"))
  );
}

/**
 * Installs the npm packages of the lock file unless they are there.
 *
 * @param {string} root The checkout.
 */
export async function setUpNpm(root) {
  const wanted = readLock(join(root, "package-lock.json"));
  const installed = readLock(join(root, "node_modules", ".package-lock.json"));
  if (outdated(wanted, installed).length === 0) return;
  const cli = process.env.npm_execpath;
  const [command, ...before] = cli?.endsWith(".js") ? [process.execPath, cli] : ["npm"];
  await run("Installing npm packages", command, [...before, "ci", "--ignore-scripts"], {
    cwd: root,
    advice: "Look at npm's message above. Without a network, a filled npm cache is enough: npm ci --prefer-offline",
  });
}

/**
 * @param {string} file
 * @returns {Lock}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { packages: {} };
  }
}
