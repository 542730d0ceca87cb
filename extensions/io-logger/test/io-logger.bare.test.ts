import { describeBehaviour } from "./behaviour.ts";

describeBehaviour("io-logger");
