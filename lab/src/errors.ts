// What can go wrong before a machine runs

/** An error for the user: a sentence that says what happened, and one that says what to do about it. */
export class LabError extends Error {
  /** What to do about it; empty when there is nothing to say. */
  readonly hint: string;

  constructor(message: string, hint = "", options?: ErrorOptions) {
    super(message, options);
    this.name = "LabError";
    this.hint = hint;
  }
}
