// The channel between the lab and the agent in its Linux: frames over a virtio or serial port

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/**
 * A frame is a type (one ASCII character), the length of its payload (u32, little endian) and the payload.
 * lab/guest/agent.c is the other end.
 */
export const toGuest = {
  /** Payload: a command for /bin/sh. */
  command: "C",
  /** Payload: u16 rows, u16 columns. A login shell on the terminal. */
  shell: "S",
  /** Payload: u8, number of a signal for the command that runs, and for all that it has started. */
  signal: "K",
  /** The shell's terminal hangs up. */
  hangUp: "H",
  /** Payload: path of the file to send. */
  get: "G",
  /** Payload: a cpio archive, which the agent keeps as ARCHIVE. It answers with a file's end. */
  put: "P",
} as const;

export const fromGuest = {
  /** The agent is up; payload: what went wrong while booting, for people. */
  ready: "R",
  stdout: "O",
  stderr: "E",
  /** Payload: u32, the command's exit code as a shell counts it. */
  exit: "X",
  /** The same of the shell. */
  shellExit: "Y",
  /** A piece of a file. */
  fileData: "D",
  /** End of a file; payload: u32 errno, 0 when it is complete. */
  fileEnd: "F",
} as const;

/** Where the agent keeps the archive that it was sent. */
const ARCHIVE = "/run/lab-files.cpio";

/** The command that unpacks it into the root file system. */
export const UNPACK = `cd / && { cpio -idu <${ARCHIVE} 2>/dev/null; unpacked=$?; rm ${ARCHIVE}; [ $unpacked = 0 ]; }`;

const HEADER_BYTES = 5;

/** A frame as bytes. */
export const encodeFrame = (type: string, payload: Uint8Array): Buffer => {
  const frame = Buffer.alloc(HEADER_BYTES + payload.length);
  frame.write(type, 0, "latin1");
  frame.writeUInt32LE(payload.length, 1);
  frame.set(payload, HEADER_BYTES);
  return frame;
};

/** Cuts a stream of bytes into frames, however the stream was chopped on its way. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = HEADER_BYTES;

  /** Takes bytes, and calls `receive` for each frame that is complete. */
  push(chunk: Buffer, receive: (type: string, payload: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#wanted) {
      const all = Buffer.concat(this.#chunks);
      const end = HEADER_BYTES + all.readUInt32LE(1);
      this.#wanted = Math.max(end, HEADER_BYTES);
      const complete = all.length >= end;
      const rest = complete ? all.subarray(end) : all;
      this.#chunks = [rest];
      this.#bytes = rest.length;
      if (complete) {
        this.#wanted = HEADER_BYTES;
        receive(all.toString("latin1", 0, 1), all.subarray(HEADER_BYTES, end));
      }
    }
  }
}

/** The lab's end of the channel. Emits "frame". */
export class Channel extends EventEmitter<{ frame: [type: string, payload: Buffer] }> {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    const decoder = new FrameDecoder();
    socket.on("data", (chunk) => decoder.push(chunk, (type, payload) => this.emit("frame", type, payload)));
  }

  send(type: string, payload: Uint8Array | string): void {
    this.#socket.write(encodeFrame(type, typeof payload === "string" ? Buffer.from(payload) : payload));
  }
}
