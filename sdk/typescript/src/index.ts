// The SDK: everything that an extension in TypeScript needs

export * from "../../../abi/generated/bare/control";
export * from "./exits";
export { Guest, guest } from "./guest";
export { log, logNumber } from "./log";
export { Next } from "./next";
export { hasSetting, settingIs, settingNumber } from "./settings";
export { Vs } from "./vs";
