// The long form of a test in cost.bare.test.ts

import { it } from "vitest";
import { expectNoLeak } from "./leak.ts";

it("leaks nothing in a million exits", () => expectNoLeak(1_000_000));
