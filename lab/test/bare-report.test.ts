import { ELF_TRUNCATED, ERROR_ELF, ERROR_NO_SVM, ERROR_START_FAILED } from "@bareflank/abi";
import { expect, it } from "vitest";
import { bareSentence } from "../src/bare-report.ts";

const failed = (error: number, detail: string, file = 0) =>
  `bare: x\r\nbare: start failed: error ${error}, processor 1, phase 3, file ${file}, detail ${detail}\r\nbare: exit 17\r\n`;

it.each([
  [0, "bare: exit 16", ""],
  [17, failed(ERROR_NO_SVM, "0x0"), "start failed: processor 1 has no SVM (AMD-V)"],
  [
    17,
    failed(ERROR_START_FAILED, "0x700000006"),
    "start failed: processor 1 did not start, in the extension's bootstrap callback: the extension faulted (invalid opcode, vector 6)",
  ],
  [
    17,
    failed(ERROR_ELF, `0x${ELF_TRUNCATED.toString(16)}`, 1),
    "start failed: the driver refuses a.elf: it is truncated: a segment ends behind the end of the file",
  ],
  [17, "bare: exit 17", "the loader reported an error"],
  [20, "bare: exit 20", "memory was lost"],
  [42, "", "the bare platform ended with 42"],
])("exit code %i has the sentence of bfm's table", (exitCode, output, sentence) => {
  expect(bareSentence(exitCode, output, ["kernel.elf", "a.elf"])).toBe(sentence);
});
