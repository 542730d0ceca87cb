// Where things lie in the firmware's tables and protocols: the Unified Extensible Firmware Interface, 2.10

/** EFI_SYSTEM_TABLE (4.3). */
export const SYSTEM_CONSOLE_IN: u32 = 48;
export const SYSTEM_CONSOLE_OUT: u32 = 64;
export const SYSTEM_RUNTIME_SERVICES: u32 = 88;
export const SYSTEM_BOOT_SERVICES: u32 = 96;
export const SYSTEM_CONFIGURATIONS: u32 = 104;
export const SYSTEM_CONFIGURATION: u32 = 112;
/** EFI_CONFIGURATION_TABLE (4.6): a GUID, and a pointer. */
export const CONFIGURATION_BYTES: u32 = 24;
export const CONFIGURATION_POINTER: u32 = 16;

/** EFI_BOOT_SERVICES (4.4). */
export const ALLOCATE_PAGES: u32 = 40;
export const FREE_PAGES: u32 = 48;
export const GET_MEMORY_MAP: u32 = 56;
export const CREATE_EVENT: u32 = 80;
export const CLOSE_EVENT: u32 = 112;
export const CHECK_EVENT: u32 = 120;
export const HANDLE_PROTOCOL: u32 = 152;
export const LOAD_IMAGE: u32 = 200;
export const START_IMAGE: u32 = 208;
export const EXIT: u32 = 216;
export const UNLOAD_IMAGE: u32 = 224;
export const STALL: u32 = 248;
export const SET_WATCHDOG_TIMER: u32 = 256;
export const LOCATE_PROTOCOL: u32 = 320;

/** EFI_RUNTIME_SERVICES (4.5). */
export const GET_VARIABLE: u32 = 72;
export const RESET_SYSTEM: u32 = 104;

/** EFI_SIMPLE_TEXT_INPUT_PROTOCOL (12.3), EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL (12.4). */
export const READ_KEY_STROKE: u32 = 8;
export const OUTPUT_STRING: u32 = 8;
/** EFI_INPUT_KEY.ScanCode. */
export const SCAN_ESCAPE: u32 = 0x17;

/** EFI_LOADED_IMAGE_PROTOCOL (9.1). */
export const LOADED_IMAGE_DEVICE: u32 = 24;
export const LOADED_IMAGE_OPTIONS_BYTES: u32 = 48;
export const LOADED_IMAGE_OPTIONS: u32 = 56;

/** EFI_SIMPLE_FILE_SYSTEM_PROTOCOL (13.4), EFI_FILE_PROTOCOL (13.5). */
export const OPEN_VOLUME: u32 = 8;
export const FILE_OPEN: u32 = 8;
export const FILE_CLOSE: u32 = 16;
export const FILE_READ: u32 = 32;
export const FILE_GET_POSITION: u32 = 48;
export const FILE_SET_POSITION: u32 = 56;
export const FILE_MODE_READ: u64 = 1;
/** SetPosition(): the end of the file. */
export const POSITION_END: u64 = 0xffff_ffff_ffff_ffff;

/** EFI_MP_SERVICES_PROTOCOL (UEFI Platform Initialization 1.8, volume 2, 13.4). */
export const MP_COUNT: u32 = 0;
export const MP_INFORMATION: u32 = 8;
export const MP_START_ALL: u32 = 16;
export const MP_WHO_AM_I: u32 = 48;
/** EFI_PROCESSOR_INFORMATION. */
export const PROCESSOR_ID: u32 = 0;
export const PROCESSOR_STATUS: u32 = 8;
export const PROCESSOR_IS_BSP: u32 = 1;
export const PROCESSOR_IS_ENABLED: u32 = 2;

/** EFI_MEMORY_TYPE (7.2). */
export const BOOT_SERVICES_DATA: u32 = 4;
export const RUNTIME_SERVICES_DATA: u32 = 6;
export const CONVENTIONAL: u32 = 7;
export const UNUSABLE: u32 = 8;
export const ACPI_RECLAIM: u32 = 9;
export const ACPI_NVS: u32 = 10;
/** EFI_MEMORY_DESCRIPTOR. */
export const MEMORY_TYPE: u32 = 0;
export const MEMORY_PHYSICAL: u32 = 8;
export const MEMORY_PAGES: u32 = 24;

/** Nodes of device paths (10.3): type and subtype, 16 bits. */
export const NODE_END: u32 = 0xff7f;
export const NODE_FILE: u32 = 0x0404;
export const NODE_UART: u32 = 0x0e03;

/** EFI_STATUS (appendix D). */
export const EFI_ERROR: u64 = 0x8000_0000_0000_0000;
export const EFI_SUCCESS: u64 = 0;
export const EFI_LOAD_ERROR: u64 = EFI_ERROR | 1;
export const EFI_UNSUPPORTED: u64 = EFI_ERROR | 3;
export const EFI_NOT_FOUND: u64 = EFI_ERROR | 14;
export const EFI_ACCESS_DENIED: u64 = EFI_ERROR | 15;
export const EFI_NOT_STARTED: u64 = EFI_ERROR | 19;
export const EFI_ABORTED: u64 = EFI_ERROR | 21;
export const EFI_SECURITY_VIOLATION: u64 = EFI_ERROR | 26;

/** EFI_GUIDs: the first 8 bytes, the last 8, little endian. */
export const LOADED_IMAGE_GUID: u64 = 0x11d2_9562_5b1b_31a1;
export const LOADED_IMAGE_GUID_REST: u64 = 0x3b72_69c9_a000_3f8e;
export const DEVICE_PATH_GUID: u64 = 0x11d2_6d3f_0957_6e91;
export const DEVICE_PATH_GUID_REST: u64 = 0x3b72_69c9_a000_398e;
export const FILE_SYSTEM_GUID: u64 = 0x11d2_6459_964e_5b22;
export const FILE_SYSTEM_GUID_REST: u64 = 0x3b72_69c9_a000_398e;
export const MP_SERVICES_GUID: u64 = 0x4f46_a76e_3fdd_a605;
export const MP_SERVICES_GUID_REST: u64 = 0x083d_1b53_f412_29ad;
/** RSDP of ACPI 2.0 or later, and of 1.0 (4.6.1). */
export const ACPI_2_GUID: u64 = 0x11d3_e4f1_8868_e871;
export const ACPI_2_GUID_REST: u64 = 0x8188_3cc7_8000_22bc;
export const ACPI_1_GUID: u64 = 0x11d3_2d88_eb9d_2d30;
export const ACPI_1_GUID_REST: u64 = 0x4dc1_3f27_9000_169a;
/** Of the firmware's own variables (3.3). */
export const GLOBAL_VARIABLE_GUID: u64 = 0x11d2_93ca_8be4_df61;
export const GLOBAL_VARIABLE_GUID_REST: u64 = 0x8c2b_0398_e000_0daa;
