/** The wasm module of bsl/src/elf-check.ts, put into the bundle by the build. */
declare module "bareflank:elf-check" {
  const elfCheck: Uint8Array<ArrayBuffer>;
  export default elfCheck;
}
