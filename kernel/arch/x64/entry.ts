// What entry.S calls beside the portable entry points of src/main.ts

export { enterVmexit } from "./amd/exit";
export { enterFastSyscall } from "./amd/syscall";
export { enterException } from "./exception";
export { enterIntelExit } from "./intel/exit";
export { enterIntelFastSyscall } from "./intel/syscall";
