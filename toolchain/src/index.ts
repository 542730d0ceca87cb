// The toolchain as a library
//
//   part.ts          which parts there are: the "bareflank" field of package.json
//   build.ts         builds parts in order; module.ts, bare.ts, linux-driver.ts, bundle.ts, abi.ts do one kind each
//   other-languages.ts, rust.ts  extensions in C, C++ and Rust
//   new.ts           makes the package of a new extension
//   assemblyscript.ts  TypeScript to WebAssembly, by asc
//   translate.ts     WebAssembly to one C translation unit, by wasm2c and runtime/
//   native.ts        C and assembly to objects and images, by clang and ld.lld
//   line-markers.ts, line-table.ts, symbols.ts  lines of TypeScript into images, and addresses to names and lines again
//   messages/        what of TypeScript is not there, and compilers' messages in an author's words
//   lint/            rules that no compiler has
//   coverage/        which lines of the compiled TypeScript the unit tests run
//   server/          what keeps compilers warm from one call of bf build --dev to the next

export { type BuildEvents, Builder, type BuildResult, selectParts } from "./build.ts";
export { watchForDevelopment } from "./build-command.ts";
export type { Product } from "./context.ts";
export type { ProductManifest } from "./deliver.ts";
export { BuildError, type Diagnostic, formatDiagnostic, UsageError } from "./errors.ts";
export { newestLinuxHeaders } from "./linux-driver.ts";
export { type Scaffold, scaffold, type Template, templates } from "./new.ts";
export { type DeclaredPart, findWorkspace, type PartField, type PartType, type Workspace } from "./part.ts";
export { demangle, readSymbols, type Symbol, SymbolTable, symbolize } from "./symbols.ts";
