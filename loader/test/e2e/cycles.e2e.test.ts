import { describeCycles } from "./cycles.ts";

describeCycles([2]);
