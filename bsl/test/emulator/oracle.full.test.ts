// The emulator against the processor of this machine, at length

import { compareWithProcessor } from "./comparison.ts";

compareWithProcessor(2000, 1000);
