// What a command line can ask for, between what parses it and what does it

import type { InstallRequest, PlaceRequest } from "./commands/efi.ts";
import type { MemoryRequest } from "./commands/memory.ts";
import type { StartRequest } from "./commands/start.ts";
import type { Hypercall } from "./commands/vmcall.ts";
import type { Shell } from "./completion.ts";
import type { Selection } from "./files.ts";

/** What the commands do. */
export interface Actions {
  load(selection: Selection): Promise<void>;
  unload(): Promise<void>;
  start(options: StartRequest): Promise<void>;
  stop(): Promise<void>;
  quick(selection: Selection, options: StartRequest): Promise<void>;
  dump(symbolFiles: readonly string[]): Promise<void>;
  status(): Promise<void>;
  memory(request: MemoryRequest): Promise<void>;
  efiInstall(selection: Selection, options: InstallRequest): Promise<void>;
  efiRemove(place: PlaceRequest): Promise<void>;
  efiStatus(place: PlaceRequest): Promise<void>;
  vmcall(hypercall: Hypercall): Promise<void>;
  completion(shell: Shell): Promise<void>;
}
