// A processor that is lost earlier, for which `npm test` has no time

import { describeLost } from "./lost-processor.ts";

describeLost(0);
