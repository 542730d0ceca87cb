// Are the Debian packages there, and a Linux kernel for the lab that fits the headers?

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { packages } from "./packages.mjs";
import { run, SetupError } from "./progress.mjs";

const APT = ["-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"];
/** Where commands lie that are not on every user's PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

/** @typedef {import("./packages.mjs").DebianPackage} DebianPackage */

/**
 * Packages of the table that are not installed.
 *
 * @param {(file: string) => boolean} [exists]
 */
export function missingPackages(exists = existsSync) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return packages.filter(({ file }) =>
    isAbsolute(file) ? !exists(file) : !folders.some((folder) => exists(join(folder, file))),
  );
}

/**
 * Makes sure that all Debian packages are there: installs them as root, tells the user what to type otherwise.
 *
 * @param {string} cache The project's cache folder.
 */
export async function setUpDebian(cache) {
  const folder = join(cache, "debian");
  const missing = missingPackages();
  if (missing.length > 0) {
    await install(missing);
    const still = missingPackages();
    if (still.length > 0) throw new SetupError(`Installed, but not found: ${still.map(({ file }) => file).join(", ")}`);
  }
  const fetched = await setUpKernel(folder);
  if (missing.length > 0 || fetched || !existsSync(join(folder, "versions.txt"))) recordVersions(folder);
}

/** @param {readonly DebianPackage[]} missing */
async function install(missing) {
  const names = missing.map(({ name }) => name);
  if (!existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) throw new SetupError(howToInstall(missing));
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await updateLists(false);
  const args = [...APT, "install", "--yes", "--no-install-recommends", ...names];
  const title = `Installing ${names.length} Debian package${names.length === 1 ? "" : "s"}`;
  try {
    await run(title, "apt-get", args, { env });
  } catch {
    // Old lists name versions that the mirror no longer has.
    await updateLists(true);
    await run(title, "apt-get", args, { env, advice: "Look at apt's message above, then run the same command again." });
  }
}

/**
 * The sentence for those who are not root, or not on Debian.
 *
 * @param {readonly DebianPackage[]} missing
 */
export function howToInstall(missing) {
  const width = Math.max(...missing.map(({ name }) => name.length));
  const reasons = missing.map(({ name, why }) => `  ${name.padEnd(width)}  ${why}`).join("\n");
  const names = missing.map(({ name }) => name).join(" ");
  const debian = existsSync("/usr/bin/apt-get");
  return `${missing.length} Debian package${missing.length === 1 ? " is" : "s are"} missing:\n\n${reasons}\n\n${
    debian
      ? `Installing them needs root. Type this, then run the same command again:\n\n  sudo apt-get update && sudo apt-get install --no-install-recommends ${names}\n`
      : "This machine has no apt-get. Use Debian 12 (a container will do), or install what provides the same files.\n"
  }`;
}

/** @param {boolean} force Update even when there are lists. */
async function updateLists(force) {
  const lists = "/var/lib/apt/lists";
  const present = existsSync(lists) && readdirSync(lists).some((name) => name.includes("_Packages"));
  if (present && !force) return;
  await run("Updating the list of Debian packages", "apt-get", [...APT, "update"], {
    advice: "Is there a network, and does /etc/apt/sources.list name a mirror that answers?",
  });
}

/**
 * Versions of Linux whose headers are installed, newest first.
 *
 * @param {string} [folder]
 */
function headerVersions(folder = "/usr/src") {
  return readdirSync(folder)
    .map((name) => /^linux-headers-(.+-cloud-amd64)$/.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}

/**
 * The lab boots the Linux whose headers the driver is built with. Where that kernel is not installed its package is
 * unpacked into the cache, so that this machine's own /boot stays as it is. Returns whether it was fetched.
 *
 * @param {string} folder
 */
async function setUpKernel(folder) {
  const [version] = headerVersions();
  if (version === undefined) throw new SetupError("No headers in /usr/src/linux-headers-*-cloud-amd64.");
  const target = join(folder, `linux-${version}`);
  const places = ["/", target];
  if (
    places.some(
      (place) =>
        existsSync(join(place, "boot", `vmlinuz-${version}`)) &&
        existsSync(join(place, "lib/modules", version, "kernel")),
    )
  )
    return false;

  const title = "Fetching the lab's Linux kernel";
  const download = join(folder, "download");
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  const name = `linux-image-${version}`;
  await run(title, "apt-get", [...APT, "-o", "APT::Sandbox::User=root", "download", name], {
    cwd: download,
    advice: `Debian's mirror may have moved on from ${version}: apt-get update && apt-get install linux-headers-cloud-amd64`,
  });
  const [file] = readdirSync(download).filter((entry) => entry.endsWith(".deb"));
  if (file === undefined) throw new SetupError(`apt-get downloaded no file for ${name}.`);
  await run("Unpacking the lab's Linux kernel", "dpkg-deb", ["--extract", file, "unpacked"], { cwd: download });
  await run("Listing its modules", join("/sbin", "depmod"), ["--basedir", join(download, "unpacked"), version]);
  rmSync(target, { recursive: true, force: true });
  renameSync(join(download, "unpacked"), target);
  rmSync(download, { recursive: true, force: true });
  return true;
}

/**
 * Writes down what this machine builds and tests with.
 *
 * @param {string} folder
 */
function recordVersions(folder) {
  const names = new Set(packages.map(({ name }) => name));
  const installed = [
    ...readFileSync("/var/lib/dpkg/status", "utf8").matchAll(/^Package: (.+)$[\s\S]*?^Version: (.+)$/gm),
  ];
  const lines = [
    `debian ${readFileSync("/etc/debian_version", "utf8").trim()}`,
    `node ${process.versions.node}`,
    ...headerVersions().map((version) => `linux ${version}`),
    ...installed.filter(([, name]) => names.has(name ?? "")).map(([, name, version]) => `${name} ${version}`),
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "versions.txt"), `${lines.join("\n")}\n`);
}
