// INIT and SIPI of the root VM in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import { InitSipi } from "../../typescript/src/apic/init-sipi";
import { hideVirtualization } from "../../typescript/src/life/hide-virtualization";
import { MsrMap } from "../../typescript/src/tables/msr-map";
import { NestedTables } from "../../typescript/src/tables/nested-tables";
import { Vs } from "../../typescript/src/vs/vs";

export function bf_init_sipi_virtualize(vs: u32, tables: u32, msrs: u32): void {
  InitSipi.virtualize(Vs.of(vs), NestedTables.of(tables), MsrMap.of(msrs));
}

export function bf_hide_virtualization(): void {
  hideVirtualization();
}
