import { expect, it } from "vitest";
import { globalNames, nameGlobals } from "../src/global-names.ts";

const header = `typedef struct w2c_hello {
  struct w2c_log *w2c_log_instance;
  u64 w2c_src0x2Fmain0x2Fcount;
  u32 w2c_src0x2Ftext0x2Flog0x2Fthreshold;
  u32 w2c_src0x2Fdevice0x2Flog0x2Fthreshold;
  u32 w2c_0x7Elib0x2Frt0x2Fstub0x2Foffset;
  u32 w2c_a0x2Db0x2Fc;
  u32 w2c_a0x2Eb0x2Fc;
  wasm_rt_memory_t w2c_memory;
} w2c_hello;
`;

it("names a variable after its file, and after folders where files have the same name", () => {
  expect(Object.fromEntries(globalNames(header))).toEqual({
    w2c_src0x2Fmain0x2Fcount: "main_count",
    w2c_src0x2Ftext0x2Flog0x2Fthreshold: "text_log_threshold",
    w2c_src0x2Fdevice0x2Flog0x2Fthreshold: "device_log_threshold",
    w2c_0x7Elib0x2Frt0x2Fstub0x2Foffset: "stub_offset",
  });
});

it("renames variables wherever they are used, and nothing else", () => {
  const source = "instance->w2c_src0x2Fmain0x2Fcount = w2c_hello_src0x2Fmain0x2Fcount(instance->w2c_a0x2Db0x2Fc);";
  expect(nameGlobals(source, header)).toBe(
    "instance->main_count = w2c_hello_src0x2Fmain0x2Fcount(instance->w2c_a0x2Db0x2Fc);",
  );
});
