// Whether devices reach the hypervisor's memory
//
// The hypervisor programs no IOMMU: one that is there is Linux's, which lets devices write where its drivers say.

import { readdirSync } from "node:fs";

/** Linux lists an IOMMU here under the name that its driver gave it, such as dmar0 or ivhd0. */
const FOLDER = "/sys/class/iommu";

/** Names of the IOMMUs that Linux uses. */
export function linuxIommus(): string[] {
  try {
    return readdirSync(FOLDER).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A line for people. */
export function dmaLine(iommus: readonly string[]): string {
  const reason =
    iommus.length === 0 ? "there is no IOMMU" : `the IOMMU (${iommus.join(", ")}) is the operating system's`;
  return `  devices reach the hypervisor's memory: ${reason}`;
}

/** The same for `--json`. */
export const dmaFacts = (iommus: readonly string[]): object => ({ dma: { covered: false, iommus } });
