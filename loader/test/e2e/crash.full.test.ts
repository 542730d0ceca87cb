// Another kernel behind Linux: on one processor, and on Intel, which takes Bochs minutes

import { describeCrashes } from "./crash.ts";

describeCrashes("amd", [1]);
describeCrashes("intel", [1, 2]);
