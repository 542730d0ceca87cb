// What the toolchain may define; only isDefined() looks at it

/** The extension has one instance for all processors. */
declare const SHARED_INSTANCE: bool;

/** The extension is written in C, C++ or Rust, and has parts of this SDK. */
declare const OTHER_LANGUAGE: bool;
