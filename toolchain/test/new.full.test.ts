// Every template

import { templates } from "../src/index.ts";
import { testTemplates } from "./new-extensions.ts";

testTemplates(templates());
