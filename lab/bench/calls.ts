// What system calls cost, on the bare platform: instructions from ring 3 and back

import {
  badHandleCost,
  exitCosts,
  objectCost,
  switchCost,
  vectorCost,
  vsReadCost,
  worldSwitchCost,
} from "../../kernel/test/bare/call-cost.ts";
import type { Figure } from "./figure.ts";

export async function callFigures(): Promise<Figure[]> {
  const { few, many } = await objectCost();
  const [switches, exits] = [await switchCost(), await exitCosts()];
  return [
    { key: "vsRead", title: "VS read of RIP", value: await vsReadCost(), unit: "instructions", limit: 140 },
    {
      key: "badHandle",
      title: "VS read with a bad handle",
      value: await badHandleCost(),
      unit: "instructions",
      limit: 90,
    },
    {
      key: "vectorRegisters",
      title: "first vector instruction of an extension in an exit",
      value: await vectorCost(),
      unit: "instructions",
      limit: 500,
    },
    { key: "objects", title: "create and destroy a VM, a VP and a VS", value: few, unit: "instructions" },
    { key: "objectsRatio", title: "the same beside ten thousand", value: many / few, unit: "ratio", limit: 1.15 },
    { key: "switch", title: "make another VS active, and back", value: switches.few, unit: "instructions" },
    {
      key: "switchRatio",
      title: "the same beside ten thousand",
      value: switches.many / switches.few,
      unit: "ratio",
      limit: 1,
    },
    {
      key: "worldSwitch",
      title: "from the root VM to a guest and back: two exits",
      value: await worldSwitchCost(),
      unit: "instructions",
      limit: 900,
    },
    { key: "exitRatio", title: "exit beside ten thousand VSs", value: exits.many / exits.few, unit: "ratio", limit: 1 },
  ];
}
