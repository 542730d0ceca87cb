// Where a command writes: this process's own streams, or those of a client of the build server

/** A stream for words: what Progress needs to know of it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Terminal {
  readonly stdout: Pick<Screen, "write">;
  readonly stderr: Screen;
}
