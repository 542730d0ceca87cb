// Virtual machines beside the root VM, and their virtual processors

import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import {
  ROOT_VMID,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
} from "../../../../abi/generated/bare/syscalls";
import { TCB_ACTIVE_VM, TCB_ACTIVE_VP } from "../../../../abi/generated/bare/tls";
import { handleOf, idOf } from "../calls/handle";
import { callOutput, callRequired, callValue, callWithOutput } from "../calls/syscall";
import { tcbLoad32 } from "../calls/tcb";

/** Identifiers are 16 bits of the register that returns them. */
const ID_MASK: u64 = 0xffff_ffff;

/** A VM, by its identifier. Every method asserts that the microkernel agrees. */
@unmanaged
export class Vm {
  static of(id: u32): Vm {
    return changetype<Vm>(handleOf(id));
  }

  /** The operating system's. */
  static get root(): Vm {
    return Vm.of(ROOT_VMID);
  }

  /** That of the VS that is active on this processor. */
  static get active(): Vm {
    return Vm.of(tcbLoad32(TCB_ACTIVE_VM));
  }

  static create(): Vm {
    return Vm.of(<u32>(callValue(SYSCALL_VM_CREATE, 0, 0, 0) & ID_MASK));
  }

  /** The same, or null: there is no memory, or no identifier left. */
  static tryCreate(): Vm | null {
    if (callWithOutput(SYSCALL_VM_CREATE, 0, 0, 0) != STATUS_SUCCESS) return null;
    return Vm.of(<u32>(callOutput() & ID_MASK));
  }

  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Ends it; its VPs must be gone. */
  destroy(): void {
    callRequired(SYSCALL_VM_DESTROY, this.id, 0, 0);
  }
}

/** A virtual processor of a VM, by its identifier. */
@unmanaged
export class Vp {
  static of(id: u32): Vp {
    return changetype<Vp>(handleOf(id));
  }

  /** That of the VS that is active on this processor. */
  static get active(): Vp {
    return Vp.of(tcbLoad32(TCB_ACTIVE_VP));
  }

  static create(vm: Vm): Vp {
    return Vp.of(<u32>(callValue(SYSCALL_VP_CREATE, vm.id, 0, 0) & ID_MASK));
  }

  /** The same, or null: there is no memory, or no identifier left. */
  static tryCreate(vm: Vm): Vp | null {
    if (callWithOutput(SYSCALL_VP_CREATE, vm.id, 0, 0) != STATUS_SUCCESS) return null;
    return Vp.of(<u32>(callOutput() & ID_MASK));
  }

  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Ends it; its VSs must be gone. */
  destroy(): void {
    callRequired(SYSCALL_VP_DESTROY, this.id, 0, 0);
  }
}
