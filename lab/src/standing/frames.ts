// What goes over the socket of a machine that stays up: frames as on its own channel (linux/channel.ts), one request a connection

/** The first frame says what is wanted, the others belong to it. */
export const toKeeper = {
  /** Payload: a CommandRequest. */
  command: "C",
  /** Payload: a ShellRequest. */
  shell: "S",
  /** Payload: what is typed into the shell. */
  typed: "T",
  /** Payload: the name of a signal for the command. */
  signal: "K",
  /** Payload: path of the file to send. */
  get: "G",
  /** Payload: a cpio archive to unpack. */
  put: "P",
  /** The machine shall end. */
  down: "D",
} as const;

export const fromKeeper = {
  /** Others are served first. Payload: what runs. */
  waiting: "W",
  stdout: "O",
  stderr: "E",
  /** What the shell's terminal shows. */
  terminal: "T",
  /** A piece of a file. */
  fileData: "D",
  /** Done. Payload: u32, the exit code of command or shell, 0 otherwise. The last frame, as the next one is. */
  done: "X",
  /** It failed. Payload: a Failure. */
  failed: "!",
} as const;

export interface CommandRequest {
  readonly command: string;
  /** Most seconds of the machine's own time. */
  readonly timeout?: number;
}

export interface ShellRequest {
  readonly rows: number;
  readonly columns: number;
}

export interface Failure {
  readonly sentence: string;
  readonly hint: string;
  /** What `bf lab` ends with. */
  readonly exitCode: number;
}
