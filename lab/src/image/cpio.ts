// cpio archives in the "newc" format, which Linux unpacks as its initial file system
// (Linux: Documentation/driver-api/early-userspace/buffer-format.rst)

import { type Entry, entryContent, entryMode } from "./tree.ts";

const typeBits = { folder: 0o040000, link: 0o120000, file: 0o100000, "host-file": 0o100000 } as const;

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

const record = (name: string, mode: number, inode: number, content: Uint8Array): Buffer => {
  const nameBytes = Buffer.from(`${name}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  return Buffer.concat([
    header,
    nameBytes,
    padding(header.length + nameBytes.length),
    content,
    padding(content.length),
  ]);
};

/** An archive of the entries, owned by root. Folders must come before what they hold. */
export const cpioArchive = (entries: readonly Entry[]): Buffer => {
  const records = entries.map((entry, index) =>
    record(entry.path.slice(1), typeBits[entry.kind] | entryMode(entry), index + 1, entryContent(entry)),
  );
  return Buffer.concat([...records, record("TRAILER!!!", 0, 0, new Uint8Array())]);
};
