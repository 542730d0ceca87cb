// Every interface of the system, in one list

import * as boot from "./boot.ts";
import * as control from "./control.ts";
import * as driver from "./driver.ts";
import * as ppBlock from "./pp-block.ts";
import * as registers from "./registers.ts";
import type { Item } from "./schema.ts";
import * as syscalls from "./syscalls.ts";
import * as windows from "./windows.ts";

/** All tables and structures, in the order in which the generated files list them. */
export const description: readonly Item[] = [syscalls, registers, windows, boot, control, driver, ppBlock].flatMap(
  (module) => Object.values(module),
);
