// Compiles an extension as its author types it: takes { folder, texts }, answers findings. The plugin starts it.

import { register } from "tsx/esm/api";

register();
const { checkTexts } = await import("../src/messages/check-texts.ts");

process.on("message", async ({ folder, texts }) => {
  process.send?.(await checkTexts(folder, texts));
});
process.on("disconnect", () => process.exit());
