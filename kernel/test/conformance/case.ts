// One case of the suite

/** What one case found out. */
export interface Case {
  readonly ppid: number;
  /** What it is about: a system call, or a subject in parentheses. */
  readonly subject: string;
  readonly name: string;
  /** What is to blame when it failed: its subject, or a call that it only prepared itself by. */
  readonly blamed: string | undefined;
  readonly detail: string;
}
