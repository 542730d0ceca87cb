// The same on Intel, which takes Bochs minutes

import { it } from "vitest";
import { panicWithGuests } from "./ends.ts";

it("panics while guests run, and another kernel has its memory", async () => {
  await panicWithGuests("intel");
});
