// An isolated kernel on four processors, and on AMD's as Bochs emulates them

import { describeIsolated } from "./isolated.ts";

describeIsolated(["amd", 4], ["amd-bochs", 2], ["intel", 4]);
