// Errors of Linux, as ioctls return them

import * as kvm from "../../../abi/generated/bare/kvm";

export const EPERM: i64 = -(<i64>kvm.ERRNO_EPERM);
export const ENOENT: i64 = -(<i64>kvm.ERRNO_ENOENT);
export const EINTR: i64 = -(<i64>kvm.ERRNO_EINTR);
export const ENXIO: i64 = -(<i64>kvm.ERRNO_ENXIO);
export const E2BIG: i64 = -(<i64>kvm.ERRNO_E2BIG);
export const EAGAIN: i64 = -(<i64>kvm.ERRNO_EAGAIN);
export const ENOMEM: i64 = -(<i64>kvm.ERRNO_ENOMEM);
export const EFAULT: i64 = -(<i64>kvm.ERRNO_EFAULT);
export const EBUSY: i64 = -(<i64>kvm.ERRNO_EBUSY);
export const EEXIST: i64 = -(<i64>kvm.ERRNO_EEXIST);
export const ENODEV: i64 = -(<i64>kvm.ERRNO_ENODEV);
export const EINVAL: i64 = -(<i64>kvm.ERRNO_EINVAL);
export const ENOSPC: i64 = -(<i64>kvm.ERRNO_ENOSPC);
export const ENOTTY: i64 = -(<i64>kvm.ERRNO_ENOTTY);

/** Whether an address of Linux's is an error instead: the last numbers of 64 bits are. */
export function isError(address: u64): bool {
  return address >= 0xffff_ffff_ffff_f001;
}
