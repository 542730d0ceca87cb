import { describeBehaviour } from "../../default/test/behaviour.ts";

describeBehaviour("default-cpp");
