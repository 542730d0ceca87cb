import { expect, it } from "vitest";
import { demangleForeign } from "../src/foreign-names.ts";

it("C++ and Rust are told by their own names, and others stay", () => {
  expect(
    demangleForeign([
      "kernel/src/vm/createVm",
      "_ZN9bareflank4root6vmexitENS_2VsEm",
      "_ZN9bareflank4root7control17h7d95aede9ce3c34dE",
      "_RNvNtCsgEmfK2I1SDS_4core3fmt5write",
      "_start",
    ]),
  ).toEqual([
    "kernel/src/vm/createVm",
    "bareflank::root::vmexit(bareflank::Vs, unsigned long)",
    "bareflank::root::control",
    "core::fmt::write",
    "_start",
  ]);
});
