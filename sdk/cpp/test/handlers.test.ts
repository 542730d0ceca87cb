// What a handler throws, in C++ with the standard library: it gets through the SDK for TypeScript, which has called the handler

import { expect, it } from "vitest";
import { extensionPackages, PATIENCE } from "../../test/extension-package.ts";
import { simulatedProcessors } from "./extension.ts";

const packages = extensionPackages();
const linux = simulatedProcessors();

const SOURCE = `
#include <bareflank/extension.hpp>
#include <stdexcept>
#include <string>

using namespace bareflank;

Next bootstrap(Pp) {
    on_other([](Exit exit) -> bool {
        throw std::runtime_error("from a handler of exit " + std::to_string(exit.reason() - 0x10000));
    });
    return Next::run;
}

Next vmexit(Vs vs, uint64_t reason) {
    try {
        return handle_exit(vs, reason + 0x10000); // of no kind that has handlers of its own
    } catch (const std::exception &error) {
        log("caught: ", error.what());
    }
    return reason == 2 ? Next::stop : Next::run;
}
`;

it(
  "is caught by the callback that has called the handlers, again and again",
  async () => {
    const image = await packages.build("cpp", "throwing", SOURCE, { runtime: "std", memory: { maximumKiB: 1024 } });
    expect(linux.run(image, "none=", { exits: 3 })).toEqual([
      ...[0, 1, 2].map((number) => `PP 0: caught: from a handler of exit ${number}`),
      "end of vmexit on 0: stop",
    ]);
  },
  PATIENCE,
);
