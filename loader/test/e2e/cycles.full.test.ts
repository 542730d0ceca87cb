// The numbers of processors that `npm test` has no time for

import { describeCycles } from "./cycles.ts";

describeCycles([1, 4]);
