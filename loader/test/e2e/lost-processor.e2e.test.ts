import { describeLost } from "./lost-processor.ts";

describeLost(1);
