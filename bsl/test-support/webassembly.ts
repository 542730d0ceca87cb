// The part of WebAssembly's JavaScript interface that tests use: Node.js has it, its type declarations do not

/** A linear memory; its buffer is another one after it has grown. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
}

/** That of an instance. */
export interface ModuleMemory extends LinearMemory {
  /** Adds pages of 64 KiB. */
  grow(pages: number): number;
}

/** A compiled module. */
export type Module = object;

/** Functions by module and name. */
export type Imports = Record<string, Record<string, (...args: never[]) => unknown>>;

interface Interface {
  readonly Module: {
    new (bytes: Uint8Array): Module;
    imports(module: Module): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (module: Module, imports: Imports) => { readonly exports: Record<string, unknown> };
}

const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: Interface };

/** Compiles a module. */
export function compile(bytes: Uint8Array): Module {
  return new engine.Module(bytes);
}

/** What a module imports. */
export function importsOf(module: Module): readonly { readonly module: string; readonly name: string }[] {
  return engine.Module.imports(module);
}

/** Makes an instance and runs its start function; its exports. */
export function instantiateModule(module: Module, imports: Imports): Record<string, unknown> {
  return new engine.Instance(module, imports).exports;
}
