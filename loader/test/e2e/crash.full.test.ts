// Another kernel behind Linux, on Intel, which takes Bochs minutes

import { describeCrashes } from "./crash.ts";

describeCrashes("intel");
