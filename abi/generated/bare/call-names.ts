// Generated from abi/src by `bf build abi`. Do not edit.

/** A line for each group, by number: its name, and its calls', by number. */
export const CALL_NAMES: string = "control control_exit control_wait control_again\nhandle handle_open handle_close\ndebug debug_out debug_dump_vm debug_dump_vp debug_dump_vs debug_dump_vmexit_log debug_write_c debug_write_str debug_dump_ext debug_dump_page_pool debug_dump_huge_pool\ncallback callback_register_bootstrap callback_register_vmexit callback_register_fail\nvm vm_create vm_destroy vm_map_direct vm_unmap_direct vm_unmap_direct_broadcast vm_tlb_flush\nvp vp_create vp_destroy\nvs vs_create vs_destroy vs_init_as_root vs_read vs_write vs_run vs_run_current vs_advance_ip_and_run vs_advance_ip_and_run_current vs_promote vs_clear vs_migrate vs_set_active vs_advance_ip_and_set_active vs_tlb_flush\nintrinsic intrinsic_rdmsr intrinsic_wrmsr\nmem mem_alloc_page mem_free_page mem_alloc_huge mem_free_huge\nmessage message_register message_find message_call message_reply\nnested nested_create nested_destroy nested_map nested_unmap nested_protect nested_translate nested_identity nested_attach nested_detach nested_flush nested_guard nested_copy nested_harvest\nmap map_create map_destroy map_trap map_pass map_query map_attach map_detach\nstatistics statistics_pool statistics_exits statistics_calls\nmemory memory_grow\npp pp_kick pp_wait\nregisters fpu_read fpu_write msr_read msr_write\n";

/** The calls of each group that can be denied, a bit each. */
export const DENIABLE_CALLS: usize = memory.data<u32>([0x0, 0x0, 0x3ff, 0x0, 0x3f, 0x3, 0x7fff, 0x3, 0xf, 0xf, 0x1fff, 0x7f, 0x7, 0x1, 0x3, 0xf]);

/** Groups. */
export const CALL_GROUPS: u32 = 16;
