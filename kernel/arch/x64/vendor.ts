// What virtualizes on this processor: the one place that chooses between AMD's way and Intel's
//
// The rest of the kernel knows a VS's registers by their numbers in the ABI, its control block (VMCB or VMCS) by its
// address, and what can be done with either by these functions. How each is done stands in amd/ and intel/.

export { isRegister, readRegister, registerCount, writeRegister } from "./amd/registers";
export { leave, leaveAsSaved, loadSavedState, prepare, start, storeSavedState } from "./amd/svm";
export {
  endFlush,
  exitWord,
  flushAddress,
  flushGuests,
  forgetCached,
  isRefusal,
  load,
  requestFlush,
  skipInstruction,
} from "./amd/vs";
