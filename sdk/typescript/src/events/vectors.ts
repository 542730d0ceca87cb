// Exceptions by their vectors (APM volume 2, table 8-1)

/** A vector that the processor raises by itself. */
export enum Vector {
  DivideError = 0,
  Debug = 1,
  NonMaskable = 2,
  Breakpoint = 3,
  Overflow = 4,
  BoundRange = 5,
  UndefinedOpcode = 6,
  DeviceNotAvailable = 7,
  DoubleFault = 8,
  InvalidTss = 10,
  SegmentNotPresent = 11,
  StackFault = 12,
  GeneralProtection = 13,
  PageFault = 14,
  FloatingPoint = 16,
  AlignmentCheck = 17,
  MachineCheck = 18,
  SimdFloatingPoint = 19,
  ControlProtection = 21,
}

/** One bit for each vector that pushes an error code: 8, 10 to 14, 17, 21, 29, 30. */
const WITH_ERROR_CODE: u32 = 0x6022_7d00;

/** Whether an exception pushes an error code. */
export function hasErrorCode(vector: u32): bool {
  return vector < 32 && ((WITH_ERROR_CODE >> vector) & 1) != 0;
}

/** One bit for each vector that is no fault: traps, aborts, and #DB, which may be either; NMI. */
const NO_FAULT: u32 = 0x0004_011e;

/** Whether an exception is a fault, which is pushed with RFLAGS.RF set (APM volume 2, 13.1.1.2; SDM volume 3, 18.3.1.1). */
export function isFault(vector: u32): bool {
  return vector < 32 && ((NO_FAULT >> vector) & 1) == 0;
}

/** An exception's name, for messages. */
export function vectorName(vector: u32): string {
  switch (vector) {
    case Vector.DivideError:
      return "divide error";
    case Vector.Debug:
      return "debug exception";
    case Vector.NonMaskable:
      return "non-maskable interrupt";
    case Vector.Breakpoint:
      return "failed assertion";
    case Vector.UndefinedOpcode:
      return "undefined opcode or trap of the module";
    case Vector.StackFault:
      return "stack fault";
    case Vector.GeneralProtection:
      return "general protection fault";
    case Vector.PageFault:
      return "page fault";
    case Vector.AlignmentCheck:
      return "alignment check";
    case Vector.MachineCheck:
      return "machine check";
    default:
      return "exception";
  }
}
