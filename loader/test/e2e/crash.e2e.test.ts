// Another kernel behind Linux, on AMD

import { describeCrashes } from "./crash.ts";

describeCrashes("amd", [2]);
