// Where the build server listens

import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** The toolchain's sources. */
const SOURCES = resolve(import.meta.dirname, "..");
/** What was installed, and in which versions. */
const INSTALLED = resolve(SOURCES, "../../node_modules/.package-lock.json");

/** An address is a path of so many bytes at most. (unix(7)) */
const ADDRESS_BYTES = 107;

/**
 * Path of the socket of the server for this toolchain. Other sources, other packages, another Node.js: another path.
 *
 * @throws Error where no server can be
 */
export function serverAddress() {
  const digest = createHash("sha256").update(`${process.execPath} ${process.version} ${SOURCES}`);
  const entries = readdirSync(SOURCES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of entries.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    digest.update(path).update(readFileSync(path));
  }
  digest.update(readFileSync(INSTALLED));
  const address = join(ownFolder(), `${digest.digest("hex").slice(0, 16)}.socket`);
  if (Buffer.byteLength(address) > ADDRESS_BYTES) throw new Error(`${address} is too long for an address`);
  return address;
}

/** A folder that nobody else can write to, or look into. */
function ownFolder() {
  const { uid } = userInfo();
  const folder = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `bareflank-${uid}`);
  // Not recursive: where the folder around it takes none, Node.js 20 would try for ever.
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  const status = lstatSync(folder);
  if (!status.isDirectory() || status.uid !== uid || (status.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not this user's alone`);
  }
  return folder;
}
