// The emulator against the processor of this machine, briefly

import { compareWithProcessor } from "./comparison.ts";

compareWithProcessor(150, 0);
