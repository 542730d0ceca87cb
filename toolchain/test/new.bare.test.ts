// One of each language; the others have tests of their own in extensions/

import { templates } from "../src/index.ts";
import { testTemplates } from "./new-extensions.ts";

const ONE_OF_EACH = new Set(["c", "cpp", "minimal", "rust"]);

testTemplates(templates().filter(({ name }) => ONE_OF_EACH.has(name)));
