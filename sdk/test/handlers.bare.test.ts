// Handlers and counters of extensions in C, C++ and Rust: how many there may be, who is asked first, and several processors

import { BOOT_EXT_FAULT, HYPERCALL_COUNTER, PHASE_BOOTSTRAP } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { failedStart, LOADER_CPUIDS } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { nameCallsAndExits } from "../../toolchain/src/call-names.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const BREAKPOINT = 3;

/** So many handlers of CPUID, each of which counts; the first registered one has handled the exit. */
const source = (count: number) => `
#include <bareflank/extension.h>
static _Thread_local uint64_t calls, order;
${Array.from(
  { length: count },
  (_, number) => `static bool handler${number}(bf_exit exit) {
    calls++;
    order = (order * 10 + ${number}) % 100000000;
    if (${number} != 0 || bf_cpuid_exit_leaf(exit) >= 0x40000000)
        return false;
    bf_cpuid_exit_pass_through(exit);
    return true;
}`,
).join("\n")}
enum bf_next bootstrap(bf_pp pp)
{
    bf_root_start(pp);
${Array.from({ length: count }, (_, number) => `    bf_on_cpuid(handler${number});\n    bf_on_cpuid(handler${number});`).join("\n")}
    return bf_run;
}
enum bf_next vmexit(bf_vs vs, uint64_t reason)
{
    if (bf_root_is_leaving(reason))
        bf_log_number("calls ", calls);
    if (bf_root_is_leaving(reason))
        bf_log_number("order ", order);
    return bf_handle_exit(vs, reason);
}
`;

describe("handlers in C", () => {
  it(
    "are asked once each on two processors, the newest first, and the hypervisor's leaves are answered behind them",
    async () => {
      const image = await packages.build("c", "eight", source(8));
      const { ring, ...result } = await run(image, { smp: 2, cpuids: 5 });
      expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
      for (const pp of [0, 1]) {
        expect(ring).toContain(`PP ${pp}: calls ${8 * (5 + LOADER_CPUIDS - 2)}`);
        expect(ring).toContain(`PP ${pp}: order 76543210`);
        expect(ring).toContain(`PP ${pp}: in a VM now`);
      }
    },
    PATIENCE,
  );

  it(
    "of which one is too many fail the callback that registers it",
    async () => {
      const image = await packages.build("c", "nine", source(9));
      const { report } = await run(image);
      expect(report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, BREAKPOINT));
    },
    PATIENCE,
  );
});

/** Counters with these names. */
const counting = (names: readonly string[]) => `
#include <bareflank/extension.h>
${names.map((_, number) => `static uint64_t read${number}(void) { return ${number}; }`).join("\n")}
enum bf_next bootstrap(bf_pp pp)
{
    bf_root_start(pp);
${names.map((name, number) => `    bf_publish_counter("${name}", ${name.length}, read${number});`).join("\n")}
    return bf_run;
}
enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_handle_exit(vs, reason); }
`;

describe("counters in C", () => {
  it(
    "answer the hypercall that bfm makes, on each processor",
    async () => {
      const image = await packages.build("c", "counters", counting(["first", "a".repeat(32)]));
      const { output, ...result } = await run(image, { smp: 2, append: `vmmcall=${HYPERCALL_COUNTER}` });
      expect(result, output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(output).toContain("bare: vmmcall 0x0\n");
    },
    PATIENCE,
  );

  it.each([
    ["too many", Array.from({ length: 17 }, (_, number) => `counter ${number}`)],
    ["two of one name", ["same", "same"]],
    ["a name that is too long", ["a".repeat(33)]],
    ["a name of nothing", [""]],
  ])(
    "fail the callback that publishes %s",
    async (_what, names) => {
      const image = await packages.build("c", "refused", counting(names));
      const { report, ring } = await run(image);
      expect(report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, BREAKPOINT));
      expect(ring).toContain("PP 0: error: publish_counter: no place for it, or its name is another one's");
    },
    PATIENCE,
  );
});

describe("handlers beside a heap", () => {
  it(
    "keep what is theirs when the heap is filled to its last byte",
    async () => {
      const source = `
#include <bareflank/extension.h>
static uint64_t calls;
static bool on_cpuid(bf_exit exit)
{
    for (uint8_t *block; (block = malloc(1000)) != NULL;)
        for (unsigned i = 0; i < 1000; i++)
            block[i] = 0xff;
    calls += bf_cpuid_exit_leaf(exit) == 0x1234;
    return false;
}
enum bf_next bootstrap(bf_pp pp)
{
    bf_root_start(pp);
    bf_on_cpuid(on_cpuid);
    return bf_run;
}
enum bf_next vmexit(bf_vs vs, uint64_t reason)
{
    if (bf_root_is_leaving(reason))
        bf_log_number("heap ", bf_heap_size());
    if (bf_root_is_leaving(reason))
        bf_log_number("calls ", calls);
    return bf_handle_exit(vs, reason);
}
`;
      const image = await packages.build("c", "full", source, { memory: { maximumKiB: 256 } });
      const { ring, ...result } = await run(image, { cpuids: 7, append: "leaf=0x1234" });
      expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      // A page of the 64 is the lists', whatever else lies beside them
      expect(ring).toContain(`PP 0: heap ${63 * 4096}`);
      expect(ring).toContain("PP 0: calls 7");
    },
    PATIENCE,
  );
});

describe("a function of the SDK for TypeScript that the microkernel refuses", () => {
  it(
    "fails the callback, and the debug ring has the call and its status",
    async () => {
      const source = `
#include <bareflank/extension.h>
enum bf_next bootstrap(bf_pp pp)
{
    bf_root_start(pp);
    bf_vs_raise((bf_vs){77}, 13, 0);
    return bf_run;
}
enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_root_vmexit(vs, reason); }
`;
      const { report, ring } = await run(await packages.build("c", "no-vs", source));
      expect(report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, BREAKPOINT));
      const said = ring.filter((line) => line.startsWith("PP 0: ")).map(nameCallsAndExits);
      expect(said).toEqual(["PP 0: system call vs_read refused: status INVALID_INPUT_REG1"]);
    },
    PATIENCE,
  );
});
