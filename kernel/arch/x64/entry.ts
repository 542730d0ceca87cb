// What entry.S calls beside the portable entry points of src/main.ts, and what no compiler is to put into another way

export { deliverExit, enterCarefulVmexit, enterVmexit, otherExit, rareExit } from "./amd/exit";
export { enterFastSyscall } from "./amd/syscall";
export { enterCarefulSyscall } from "./careful";
export { enterException } from "./exception";
export { enterIntelExit, otherIntelExit } from "./intel/exit";
export { enterIntelFastSyscall } from "./intel/syscall";
export { exchangeMore, exchangeRest } from "./own-msrs";
