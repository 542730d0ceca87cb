// An extension's right to use I/O ports: a VM exit cuts the task register's limit off before the permission bitmap (SDM
// volume 3, 28.5.2), so the first port that an extension uses after an exit faults, and TR is loaded again

import { PP_BLOCK_PORTS_OPEN } from "../../../../abi/generated/bare/pp-block";
import { block32, setBlock32 } from "../../../src/pp";
import { reloadTaskRegister } from "../descriptors";

/** After a general protection fault of the extension with error code 0: whether the instruction may succeed now. */
export function openPorts(): bool {
  if (block32(PP_BLOCK_PORTS_OPEN) != 0) return false;
  setBlock32(PP_BLOCK_PORTS_OPEN, 1);
  reloadTaskRegister();
  return true;
}
