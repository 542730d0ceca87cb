// Places among a VS's general registers, in the TCB's order

export const RAX: u32 = 0;
export const RBX: u32 = 1;
export const RCX: u32 = 2;
export const RDX: u32 = 3;
export const RSI: u32 = 5;
export const RDI: u32 = 6;
export const R8: u32 = 7;
export const R9: u32 = 8;
