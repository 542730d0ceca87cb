[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)
[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz mem=1G memmap=134217728!1G console=ttyS1,115200 quiet oops=panic panic=0 cryptomgr.notests tsc=reliable swiotlb=noforce nokaslr norandmaps LAB_CHANNEL=/dev/ttyS2 LAB_TERMINAL=/dev/ttyS3 initcall_debug
[    0.000000] [Firmware Bug]: TSC doesn't count with P0 frequency!
[    0.000000] BIOS-provided physical RAM map:
[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009efff] usable
[    0.000000] BIOS-e820: [mem 0x000000000009f000-0x000000000009ffff] reserved
[    0.000000] BIOS-e820: [mem 0x00000000000e8000-0x00000000000fffff] reserved
[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x0000000048feffff] usable
[    0.000000] BIOS-e820: [mem 0x0000000048ff0000-0x0000000048ffffff] ACPI data
[    0.000000] BIOS-e820: [mem 0x00000000fffc0000-0x00000000ffffffff] reserved
[    0.000000] e820: remove [mem 0x40000000-0xfffffffffffffffe] usable
[    0.000000] NX (Execute Disable) protection: active
[    0.000000] user-defined physical RAM map:
[    0.000000] user: [mem 0x0000000000000000-0x000000000009efff] usable
[    0.000000] user: [mem 0x000000000009f000-0x000000000009ffff] reserved
[    0.000000] user: [mem 0x00000000000e8000-0x00000000000fffff] reserved
[    0.000000] user: [mem 0x0000000000100000-0x000000003fffffff] usable
[    0.000000] user: [mem 0x0000000040000000-0x0000000047ffffff] persistent (type 12)
[    0.000000] user: [mem 0x0000000048ff0000-0x0000000048ffffff] ACPI data
[    0.000000] user: [mem 0x00000000fffc0000-0x00000000ffffffff] reserved
[    0.000000] SMBIOS 2.4 present.
[    0.000000] DMI:  , BIOS Bochs 2.7 29/12/2019
[    0.000000] tsc: Fast TSC calibration using PIT
[    0.000000] tsc: Detected 49.991 MHz processor
[    0.056300] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
[    0.056486] e820: remove [mem 0x000a0000-0x000fffff] usable
[    0.056731] last_pfn = 0x40000 max_arch_pfn = 0x400000000
[    0.056864] x86/PAT: Configuration [0-7]: WB  WC  UC- UC  WB  WP  UC- WT  
[    0.058700] Using GB pages for direct mapping
[    0.078574] RAMDISK: [mem 0x37419000-0x37a03fff]
[    0.079762] ACPI: Early table checksum verification disabled
[    0.079901] ACPI: RSDP 0x00000000000F9FA0 000014 (v00 BOCHS )
[    0.080087] ACPI: RSDT 0x0000000048FF0000 000034 (v01 BOCHS  BXPCRSDT 00000001 BXPC 00000001)
[    0.080346] ACPI: FACP 0x0000000048FF0034 000074 (v01 BOCHS  BXPCFACP 00000001 BXPC 00000001)
[    0.080628] ACPI: DSDT 0x0000000048FF0100 000E38 (v01 BXPC   BXDSDT   00000001 INTL 20200925)
[    0.080880] ACPI: FACS 0x0000000048FF00C0 000040
[    0.081066] ACPI: APIC 0x0000000048FF0F70 00004A (v01 BOCHS  BXPCAPIC 00000001 BXPC 00000001)
[    0.081319] ACPI: SSDT 0x0000000048FF0F38 000037 (v01 BOCHS  BXPCSSDT 00000001 BXPC 00000001)
[    0.081573] ACPI: HPET 0x0000000048FF0FC0 000038 (v01 BOCHS  BXPCHPET 00000001 BXPC 00000001)
[    0.081800] ACPI: Reserving FACP table memory at [mem 0x48ff0034-0x48ff00a7]
[    0.081895] ACPI: Reserving DSDT table memory at [mem 0x48ff0100-0x48ff0f37]
[    0.081991] ACPI: Reserving FACS table memory at [mem 0x48ff00c0-0x48ff00ff]
[    0.082088] ACPI: Reserving APIC table memory at [mem 0x48ff0f70-0x48ff0fb9]
[    0.082185] ACPI: Reserving SSDT table memory at [mem 0x48ff0f38-0x48ff0f6e]
[    0.082283] ACPI: Reserving HPET table memory at [mem 0x48ff0fc0-0x48ff0ff7]
[    0.085811] No NUMA configuration found
[    0.085858] Faking a node at [mem 0x0000000000000000-0x000000003fffffff]
[    0.086675] NODE_DATA(0) allocated [mem 0x3ffd5000-0x3fffffff]
[    0.123747] Zone ranges:
[    0.123778]   DMA      [mem 0x0000000000001000-0x0000000000ffffff]
[    0.123890]   DMA32    [mem 0x0000000001000000-0x000000003fffffff]
[    0.124006]   Normal   empty
[    0.124076]   Device   empty
[    0.124146] Movable zone start for each node
[    0.124389] Early memory node ranges
[    0.124424]   node   0: [mem 0x0000000000001000-0x000000000009efff]
[    0.124515]   node   0: [mem 0x0000000000100000-0x000000003fffffff]
[    0.124627] Initmem setup node 0 [mem 0x0000000000001000-0x000000003fffffff]
[    0.124964] On node 0, zone DMA: 1 pages in unavailable ranges
[    0.129441] On node 0, zone DMA: 97 pages in unavailable ranges
[    0.207084] ACPI: PM-Timer IO Port: 0xb008
[    0.207277] IOAPIC[0]: apic_id 1, version 17, address 0xfec00000, GSI 0-23
[    0.207430] ACPI: INT_SRC_OVR (bus 0 bus_irq 0 global_irq 2 dfl dfl)
[    0.207659] ACPI: Using ACPI (MADT) for SMP configuration information
[    0.207715] ACPI: HPET id: 0x8086a201 base: 0xfed00000
[    0.207829] smpboot: Allowing 1 CPUs, 0 hotplug CPUs
[    0.208316] PM: hibernation: Registered nosave memory: [mem 0x00000000-0x00000fff]
[    0.208452] PM: hibernation: Registered nosave memory: [mem 0x0009f000-0x000fffff]
[    0.208556] [mem 0x49000000-0xfffbffff] available for PCI devices
[    0.208636] Booting paravirtualized kernel on bare hardware
[    0.208692] clocksource: refined-jiffies: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 7645519600211568 ns
[    0.586942] setup_percpu: NR_CPUS:8192 nr_cpumask_bits:1 nr_cpu_ids:1 nr_node_ids:1
[    0.634005] percpu: Embedded 61 pages/cpu s212992 r8192 d28672 u2097152
[    0.634411] pcpu-alloc: s212992 r8192 d28672 u2097152 alloc=1*2097152
[    0.634563] pcpu-alloc: [0] 0 
[    0.636252] Fallback order for Node 0: 0 
[    0.636362] Built 1 zonelists, mobility grouping on.  Total pages: 257792
[    0.636443] Policy zone: DMA32
[    0.636498] Kernel command line: BOOT_IMAGE=/boot/vmlinuz mem=1G memmap=134217728!1G console=ttyS1,115200 quiet oops=panic panic=0 cryptomgr.notests tsc=reliable swiotlb=noforce nokaslr norandmaps LAB_CHANNEL=/dev/ttyS2 LAB_TERMINAL=/dev/ttyS3 initcall_debug
[    0.645499] Unknown kernel command line parameters "nokaslr LAB_CHANNEL=/dev/ttyS2 LAB_TERMINAL=/dev/ttyS3", will be passed to user space.
[    0.667084] Dentry cache hash table entries: 131072 (order: 8, 1048576 bytes, linear)
[    0.677815] Inode-cache hash table entries: 65536 (order: 7, 524288 bytes, linear)
[    0.678716] mem auto-init: stack:all(zero), heap alloc:on, heap free:off
[    0.777691] Memory: 219836K/1048184K available (14343K kernel code, 2327K rwdata, 8348K rodata, 2612K init, 5436K bss, 66108K reserved, 0K cma-reserved)
[    0.811605] SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=1, Nodes=1
[    0.813646] ftrace: allocating 37697 entries in 148 pages
[    1.007220] ftrace: allocated 148 pages with 3 groups
[    1.028074] Dynamic Preempt: voluntary
[    1.030540] rcu: Preemptible hierarchical RCU implementation.
[    1.030582] rcu: 	RCU restricting CPUs from NR_CPUS=8192 to nr_cpu_ids=1.
[    1.030656] 	Trampoline variant of Tasks RCU enabled.
[    1.030696] 	Rude variant of Tasks RCU enabled.
[    1.030734] 	Tracing variant of Tasks RCU enabled.
[    1.030774] rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.
[    1.030836] rcu: Adjusting geometry for rcu_fanout_leaf=16, nr_cpu_ids=1
[    1.584967] NR_IRQS: 524544, nr_irqs: 256, preallocated irqs: 16
[    1.588368] rcu: srcu_init: Setting srcu_struct sizes based on contention.
[    1.590121] calling  con_init+0x0/0x22c @ 0
[    1.590565] Console: colour VGA+ 80x25
[    1.590651] initcall con_init+0x0/0x22c returned 0 after 0 usecs
[    1.590879] calling  hvc_console_init+0x0/0x18 @ 0
[    1.591101] initcall hvc_console_init+0x0/0x18 returned 0 after 0 usecs
[    1.591337] calling  xen_cons_init+0x0/0x40 @ 0
[    1.591487] initcall xen_cons_init+0x0/0x40 returned 0 after 0 usecs
[    1.591654] calling  univ8250_console_init+0x0/0x2b @ 0
[    1.593013] printk: console [ttyS1] enabled
[    1.593097] initcall univ8250_console_init+0x0/0x2b returned 0 after 0 usecs
[    1.595065] ACPI: Core revision 20220331
[    1.598311] clocksource: hpet: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 19112604467 ns
[    1.598486] APIC: Switch to symmetric I/O mode setup
[    1.600169] ..TIMER: vector=0x30 apic1=0 pin1=2 apic2=-1 pin2=-1
[    1.618522] clocksource: tsc-early: mask: 0xffffffffffffffff max_cycles: 0xb878a6b44, max_idle_ns: 440795202623 ns
[    1.618701] Calibrating delay loop (skipped), value calculated using timer frequency.. 99.98 BogoMIPS (lpj=199964)
[    1.618977] Last level iTLB entries: 4KB 512, 2MB 1024, 4MB 512
[    1.619082] Last level dTLB entries: 4KB 1024, 2MB 1024, 4MB 512, 1GB 0
[    1.619248] Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization
[    1.619469] Spectre V2 : Mitigation: Retpolines
[    1.619538] Spectre V2 : Spectre v2 / SpectreRSB: Filling RSB on context switch and VMEXIT
[    1.619612] active return thunk: retbleed_return_thunk
[    1.619746] RETBleed: Mitigation: untrained return thunk
[    1.619950] Speculative Store Bypass: Mitigation: Speculative Store Bypass disabled via prctl
[    1.620063] x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'
[    1.620159] x86/fpu: Supporting XSAVE feature 0x002: 'SSE registers'
[    1.620248] x86/fpu: Supporting XSAVE feature 0x004: 'AVX registers'
[    1.620345] x86/fpu: xstate_offset[2]:  576, xstate_sizes[2]:  256
[    1.620465] x86/fpu: Enabled xstate features 0x7, context size is 832 bytes, using 'standard' format.
[    2.395370] Freeing SMP alternatives memory: 36K
[    2.395451] pid_max: default: 32768 minimum: 301
[    2.401690] LSM: Security Framework initializing
[    2.403738] landlock: Up and running.
[    2.403791] Yama: disabled by default; enable with sysctl kernel.yama.*
[    2.405603] AppArmor: AppArmor initialized
[    2.405734] TOMOYO Linux initialized
[    2.406013] LSM support for eBPF active
[    2.409693] Mount-cache hash table entries: 2048 (order: 2, 16384 bytes, linear)
[    2.409877] Mountpoint-cache hash table entries: 2048 (order: 2, 16384 bytes, linear)
[    2.539752] smpboot: CPU0: AMD A8-5600K APU with Radeon(tm) HD Graphics (family: 0x15, model: 0x10, stepping: 0x1)
[    2.546797] cblist_init_generic: Setting adjustable number of callback queues.
[    2.546874] cblist_init_generic: Setting shift to 0 and lim to 1 rcu_task_cpu_ids=1.
[    2.548234] cblist_init_generic: Setting adjustable number of callback queues.
[    2.548311] cblist_init_generic: Setting shift to 0 and lim to 1 rcu_task_cpu_ids=1.
[    2.549586] cblist_init_generic: Setting adjustable number of callback queues.
[    2.549663] cblist_init_generic: Setting shift to 0 and lim to 1 rcu_task_cpu_ids=1.
[    2.550729] calling  init_hw_perf_events+0x0/0x683 @ 1
[    2.550909] Performance Events: Fam15h core perfctr, Broken PMU hardware detected, using software events only.
[    2.551635] Failed to access perfctr msr (MSR c001020b is 0)
[    2.554710] initcall init_hw_perf_events+0x0/0x683 returned 0 after 4000 usecs
[    2.554916] calling  do_init_real_mode+0x0/0x15 @ 1
[    2.558690] initcall do_init_real_mode+0x0/0x15 returned 0 after 4000 usecs
[    2.558940] calling  init_sigframe_size+0x0/0x3a @ 1
[    2.559167] signal: max sigframe size: 1776
[    2.559236] initcall init_sigframe_size+0x0/0x3a returned 0 after 0 usecs
[    2.559487] calling  trace_init_perf_perm_irq_work_exit+0x0/0x17 @ 1
[    2.559735] initcall trace_init_perf_perm_irq_work_exit+0x0/0x17 returned 0 after 0 usecs
[    2.560006] calling  bp_init_aperfmperf+0x0/0x2a0 @ 1
[    2.560197] initcall bp_init_aperfmperf+0x0/0x2a0 returned 0 after 0 usecs
[    2.560410] calling  register_nmi_cpu_backtrace_handler+0x0/0x1a @ 1
[    2.560593] initcall register_nmi_cpu_backtrace_handler+0x0/0x1a returned 0 after 0 usecs
[    2.560797] calling  kvm_setup_vsyscall_timeinfo+0x0/0x146 @ 1
[    2.560991] initcall kvm_setup_vsyscall_timeinfo+0x0/0x146 returned 0 after 0 usecs
[    2.561206] calling  spawn_ksoftirqd+0x0/0x3d @ 1
[    2.562524] initcall spawn_ksoftirqd+0x0/0x3d returned 0 after 0 usecs
[    2.562719] calling  migration_init+0x0/0x41 @ 1
[    2.562873] initcall migration_init+0x0/0x41 returned 0 after 0 usecs
[    2.563049] calling  srcu_bootup_announce+0x0/0x7c @ 1
[    2.563237] rcu: Hierarchical SRCU implementation.
[    2.563295] rcu: 	Max phase no-delay instances is 1000.
[    2.563368] initcall srcu_bootup_announce+0x0/0x7c returned 0 after 0 usecs
[    2.563581] calling  rcu_spawn_gp_kthread+0x0/0x19b @ 1
[    2.564949] initcall rcu_spawn_gp_kthread+0x0/0x19b returned 0 after 0 usecs
[    2.565165] calling  check_cpu_stall_init+0x0/0x1f @ 1
[    2.565355] initcall check_cpu_stall_init+0x0/0x1f returned 0 after 0 usecs
[    2.565566] calling  rcu_sysrq_init+0x0/0x26 @ 1
[    2.565750] initcall rcu_sysrq_init+0x0/0x26 returned 0 after 0 usecs
[    2.565956] calling  trace_init_flags_sys_enter+0x0/0x13 @ 1
[    2.566158] initcall trace_init_flags_sys_enter+0x0/0x13 returned 0 after 0 usecs
[    2.566384] calling  trace_init_flags_sys_exit+0x0/0x13 @ 1
[    2.566719] initcall trace_init_flags_sys_exit+0x0/0x13 returned 0 after 0 usecs
[    2.566943] calling  cpu_stop_init+0x0/0x7d @ 1
[    2.568890] initcall cpu_stop_init+0x0/0x7d returned 0 after 0 usecs
[    2.569125] calling  init_kprobes+0x0/0x142 @ 1
[    2.577322] initcall init_kprobes+0x0/0x142 returned 0 after 8000 usecs
[    2.577596] calling  init_trace_printk+0x0/0xc @ 1
[    2.577840] initcall init_trace_printk+0x0/0xc returned 0 after 0 usecs
[    2.578105] calling  event_trace_enable_again+0x0/0x32 @ 1
[    2.578270] initcall event_trace_enable_again+0x0/0x32 returned 0 after 0 usecs
[    2.578455] calling  irq_work_init_threads+0x0/0x7 @ 1
[    2.578623] initcall irq_work_init_threads+0x0/0x7 returned 0 after 0 usecs
[    2.578719] calling  static_call_init+0x0/0x7c @ 1
[    2.578891] initcall static_call_init+0x0/0x7c returned 0 after 0 usecs
[    2.579085] calling  jump_label_init_module+0x0/0x11 @ 1
[    2.579270] initcall jump_label_init_module+0x0/0x11 returned 0 after 0 usecs
[    2.579477] calling  init_zero_pfn+0x0/0x3c @ 1
[    2.579666] initcall init_zero_pfn+0x0/0x3c returned 0 after 0 usecs
[    2.579877] calling  init_fs_inode_sysctls+0x0/0x26 @ 1
[    2.580164] initcall init_fs_inode_sysctls+0x0/0x26 returned 0 after 0 usecs
[    2.580433] calling  init_fs_locks_sysctls+0x0/0x26 @ 1
[    2.580635] initcall init_fs_locks_sysctls+0x0/0x26 returned 0 after 0 usecs
[    2.580862] calling  init_fs_sysctls+0x0/0x11 @ 1
[    2.581080] initcall init_fs_sysctls+0x0/0x11 returned 0 after 0 usecs
[    2.581271] calling  dynamic_debug_init+0x0/0x240 @ 1
[    2.585932] initcall dynamic_debug_init+0x0/0x240 returned 0 after 4000 usecs
[    2.586150] calling  unpopulated_init+0x0/0x43 @ 1
[    2.586382] initcall unpopulated_init+0x0/0x43 returned -19 after 0 usecs
[    2.586638] calling  efi_memreserve_root_init+0x0/0x2a @ 1
[    2.586716] initcall efi_memreserve_root_init+0x0/0x2a returned 0 after 0 usecs
[    2.586953] calling  efi_earlycon_remap_fb+0x0/0x56 @ 1
[    2.587177] initcall efi_earlycon_remap_fb+0x0/0x56 returned 0 after 0 usecs
[    2.587746] NMI watchdog: Perf NMI watchdog permanently disabled
[    2.590406] smp: Bringing up secondary CPUs ...
[    2.590728] smp: Brought up 1 node, 1 CPU
[    2.590825] smpboot: Max logical packages: 1
[    2.590893] smpboot: Total of 1 processors activated (99.98 BogoMIPS)
[    2.888850] node 0 deferred pages initialised in 296ms
[    2.895550] devtmpfs: initialized
[    2.898952] x86/mm: Memory block size: 128MB
[    2.918131] calling  bpf_jit_charge_init+0x0/0x3f @ 1
[    2.918297] initcall bpf_jit_charge_init+0x0/0x3f returned 0 after 0 usecs
[    2.918518] calling  ipc_ns_init+0x0/0x42 @ 1
[    2.918942] initcall ipc_ns_init+0x0/0x42 returned 0 after 0 usecs
[    2.919182] calling  init_mmap_min_addr+0x0/0x26 @ 1
[    2.919379] initcall init_mmap_min_addr+0x0/0x26 returned 0 after 0 usecs
[    2.919599] calling  pci_realloc_setup_params+0x0/0x49 @ 1
[    2.919768] initcall pci_realloc_setup_params+0x0/0x49 returned 0 after 0 usecs
[    2.919960] calling  inet_frag_wq_init+0x0/0x41 @ 1
[    2.920960] initcall inet_frag_wq_init+0x0/0x41 returned 0 after 0 usecs
[    2.924823] calling  xen_pvh_gnttab_setup+0x0/0x38 @ 1
[    2.925021] initcall xen_pvh_gnttab_setup+0x0/0x38 returned -19 after 0 usecs
[    2.925242] calling  e820__register_nvs_regions+0x0/0x3c @ 1
[    2.925496] initcall e820__register_nvs_regions+0x0/0x3c returned 0 after 0 usecs
[    2.925771] calling  cpufreq_register_tsc_scaling+0x0/0x2e @ 1
[    2.925948] initcall cpufreq_register_tsc_scaling+0x0/0x2e returned 0 after 0 usecs
[    2.926148] calling  reboot_init+0x0/0x41 @ 1
[    2.926432] initcall reboot_init+0x0/0x41 returned 0 after 0 usecs
[    2.926717] calling  init_lapic_sysfs+0x0/0x25 @ 1
[    2.927077] initcall init_lapic_sysfs+0x0/0x25 returned 0 after 0 usecs
[    2.927343] calling  alloc_frozen_cpus+0x0/0x25 @ 1
[    2.927583] initcall alloc_frozen_cpus+0x0/0x25 returned 0 after 0 usecs
[    2.927840] calling  cpu_hotplug_pm_sync_init+0x0/0x18 @ 1
[    2.928086] initcall cpu_hotplug_pm_sync_init+0x0/0x18 returned 0 after 0 usecs
[    2.928385] calling  wq_sysfs_init+0x0/0x2f @ 1
[    2.929172] initcall wq_sysfs_init+0x0/0x2f returned 0 after 0 usecs
[    2.929432] calling  ksysfs_init+0x0/0x97 @ 1
[    2.930219] initcall ksysfs_init+0x0/0x97 returned 0 after 0 usecs
[    2.930513] calling  schedutil_gov_init+0x0/0x11 @ 1
[    2.930717] initcall schedutil_gov_init+0x0/0x11 returned 0 after 0 usecs
[    2.930903] calling  pm_init+0x0/0x66 @ 1
[    2.931931] initcall pm_init+0x0/0x66 returned 0 after 0 usecs
[    2.932143] calling  pm_disk_init+0x0/0x18 @ 1
[    2.932701] initcall pm_disk_init+0x0/0x18 returned 0 after 0 usecs
[    2.932921] calling  swsusp_header_init+0x0/0x30 @ 1
[    2.933119] initcall swsusp_header_init+0x0/0x30 returned 0 after 0 usecs
[    2.933316] calling  rcu_set_runtime_mode+0x0/0x1b @ 1
[    2.933506] initcall rcu_set_runtime_mode+0x0/0x1b returned 0 after 0 usecs
[    2.933715] calling  init_jiffies_clocksource+0x0/0x18 @ 1
[    2.933924] clocksource: jiffies: mask: 0xffffffff max_cycles: 0xffffffff, max_idle_ns: 7645041785100000 ns
[    2.934063] initcall init_jiffies_clocksource+0x0/0x18 returned 0 after 0 usecs
[    2.934294] calling  futex_init+0x0/0xde @ 1
[    2.934548] futex hash table entries: 256 (order: 2, 16384 bytes, linear)
[    2.934772] initcall futex_init+0x0/0xde returned 0 after 4000 usecs
[    2.934992] calling  cgroup_wq_init+0x0/0x6f @ 1
[    2.935592] initcall cgroup_wq_init+0x0/0x6f returned 0 after 0 usecs
[    2.935855] calling  cgroup1_wq_init+0x0/0x2d @ 1
[    2.936117] initcall cgroup1_wq_init+0x0/0x2d returned 0 after 0 usecs
[    2.936351] calling  ftrace_mod_cmd_init+0x0/0xc @ 1
[    2.936588] initcall ftrace_mod_cmd_init+0x0/0xc returned 0 after 0 usecs
[    2.936844] calling  init_graph_trace+0x0/0x61 @ 1
[    2.937014] initcall init_graph_trace+0x0/0x61 returned 0 after 0 usecs
[    2.937188] calling  trace_events_eprobe_init_early+0x0/0x27 @ 1
[    2.937365] initcall trace_events_eprobe_init_early+0x0/0x27 returned 0 after 0 usecs
[    2.937563] calling  trace_events_synth_init_early+0x0/0x27 @ 1
[    2.937739] initcall trace_events_synth_init_early+0x0/0x27 returned 0 after 0 usecs
[    2.937936] calling  init_kprobe_trace_early+0x0/0x2a @ 1
[    2.938110] initcall init_kprobe_trace_early+0x0/0x2a returned 0 after 0 usecs
[    2.938303] calling  cgroup_bpf_wq_init+0x0/0x37 @ 1
[    2.938524] initcall cgroup_bpf_wq_init+0x0/0x37 returned 0 after 0 usecs
[    2.938719] calling  fsnotify_init+0x0/0x4d @ 1
[    2.938945] initcall fsnotify_init+0x0/0x4d returned 0 after 0 usecs
[    2.939156] calling  filelock_init+0x0/0xa3 @ 1
[    2.939913] initcall filelock_init+0x0/0xa3 returned 0 after 0 usecs
[    2.940131] calling  init_script_binfmt+0x0/0x1a @ 1
[    2.940303] initcall init_script_binfmt+0x0/0x1a returned 0 after 0 usecs
[    2.940496] calling  init_elf_binfmt+0x0/0x1a @ 1
[    2.940664] initcall init_elf_binfmt+0x0/0x1a returned 0 after 0 usecs
[    2.940853] calling  init_compat_elf_binfmt+0x0/0x1a @ 1
[    2.941030] initcall init_compat_elf_binfmt+0x0/0x1a returned 0 after 0 usecs
[    2.941228] calling  debugfs_init+0x0/0x61 @ 1
[    2.941438] initcall debugfs_init+0x0/0x61 returned 0 after 0 usecs
[    2.941643] calling  tracefs_init+0x0/0x3f @ 1
[    2.941855] initcall tracefs_init+0x0/0x3f returned 0 after 0 usecs
[    2.942060] calling  securityfs_init+0x0/0x6d @ 1
[    2.942557] initcall securityfs_init+0x0/0x6d returned 0 after 0 usecs
[    2.942719] calling  lockdown_secfs_init+0x0/0x31 @ 1
[    2.942980] initcall lockdown_secfs_init+0x0/0x31 returned 0 after 0 usecs
[    2.943217] calling  iommu_init+0x0/0x2f @ 1
[    2.943411] initcall iommu_init+0x0/0x2f returned 0 after 0 usecs
[    2.943622] calling  component_debug_init+0x0/0x21 @ 1
[    2.944090] initcall component_debug_init+0x0/0x21 returned 0 after 0 usecs
[    2.944283] calling  cpufreq_core_init+0x0/0x94 @ 1
[    2.944511] initcall cpufreq_core_init+0x0/0x94 returned 0 after 0 usecs
[    2.944725] calling  cpufreq_gov_performance_init+0x0/0x11 @ 1
[    2.944933] initcall cpufreq_gov_performance_init+0x0/0x11 returned 0 after 0 usecs
[    2.945161] calling  cpuidle_init+0x0/0x24 @ 1
[    2.945473] initcall cpuidle_init+0x0/0x24 returned 0 after 0 usecs
[    2.945682] calling  capsule_reboot_register+0x0/0x11 @ 1
[    2.945904] initcall capsule_reboot_register+0x0/0x11 returned 0 after 0 usecs
[    2.946146] calling  sock_init+0x0/0x98 @ 1
[    2.982794] initcall sock_init+0x0/0x98 returned 0 after 40000 usecs
[    2.983067] calling  net_inuse_init+0x0/0x28 @ 1
[    2.983320] initcall net_inuse_init+0x0/0x28 returned 0 after 0 usecs
[    2.983564] calling  net_defaults_init+0x0/0x28 @ 1
[    2.983795] initcall net_defaults_init+0x0/0x28 returned 0 after 0 usecs
[    2.984045] calling  init_default_flow_dissectors+0x0/0x54 @ 1
[    2.984293] initcall init_default_flow_dissectors+0x0/0x54 returned 0 after 0 usecs
[    2.984556] calling  netpoll_init+0x0/0x2b @ 1
[    2.984781] initcall netpoll_init+0x0/0x2b returned 0 after 0 usecs
[    2.985027] calling  netlink_proto_init+0x0/0x176 @ 1
[    2.993218] NET: Registered PF_NETLINK/PF_ROUTE protocol family
[    2.993779] initcall netlink_proto_init+0x0/0x176 returned 0 after 8000 usecs
[    2.994076] calling  genl_init+0x0/0x3a @ 1
[    2.994382] initcall genl_init+0x0/0x3a returned 0 after 0 usecs
[    2.994719] calling  bsp_pm_check_init+0x0/0x18 @ 1
[    2.994936] initcall bsp_pm_check_init+0x0/0x18 returned 0 after 0 usecs
[    2.995172] calling  __gnttab_init+0x0/0x40 @ 1
[    2.995372] initcall __gnttab_init+0x0/0x40 returned -19 after 0 usecs
[    2.999395] calling  irq_sysfs_init+0x0/0xd0 @ 1
[    3.004396] initcall irq_sysfs_init+0x0/0xd0 returned 0 after 4000 usecs
[    3.004631] calling  dma_atomic_pool_init+0x0/0x14b @ 1
[    3.005260] DMA: preallocated 128 KiB GFP_KERNEL pool for atomic allocations
[    3.005788] DMA: preallocated 128 KiB GFP_KERNEL|GFP_DMA pool for atomic allocations
[    3.006318] DMA: preallocated 128 KiB GFP_KERNEL|GFP_DMA32 pool for atomic allocations
[    3.006614] initcall dma_atomic_pool_init+0x0/0x14b returned 0 after 0 usecs
[    3.006719] calling  audit_init+0x0/0x165 @ 1
[    3.006968] audit: initializing netlink subsys (disabled)
[    3.008998] initcall audit_init+0x0/0x165 returned 0 after 0 usecs
[    3.009265] calling  release_early_probes+0x0/0x37 @ 1
[    3.009498] initcall release_early_probes+0x0/0x37 returned 0 after 0 usecs
[    3.009753] calling  bdi_class_init+0x0/0x4d @ 1
[    3.010085] initcall bdi_class_init+0x0/0x4d returned 0 after 0 usecs
[    3.010288] calling  mm_sysfs_init+0x0/0x2d @ 1
[    3.010704] initcall mm_sysfs_init+0x0/0x2d returned 0 after 4000 usecs
[    3.010908] calling  init_per_zone_wmark_min+0x0/0x2a @ 1
[    3.011252] initcall init_per_zone_wmark_min+0x0/0x2a returned 0 after 0 usecs
[    3.011521] calling  mpi_init+0x0/0x43 @ 1
[    3.011714] initcall mpi_init+0x0/0x43 returned 0 after 0 usecs
[    3.011883] calling  pcibus_class_init+0x0/0x18 @ 1
[    3.012149] initcall pcibus_class_init+0x0/0x18 returned 0 after 0 usecs
[    3.012331] calling  pci_driver_init+0x0/0x26 @ 1
[    3.013269] initcall pci_driver_init+0x0/0x26 returned 0 after 0 usecs
[    3.013485] calling  xenbus_init+0x0/0x333 @ 1
[    3.013709] initcall xenbus_init+0x0/0x333 returned -19 after 0 usecs
[    3.013956] calling  tty_class_init+0x0/0x18 @ 1
[    3.014562] initcall tty_class_init+0x0/0x18 returned 0 after 0 usecs
[    3.014755] calling  vtconsole_class_init+0x0/0xba @ 1
[    3.015039] audit: type=2000 audit(1795311073.408:1): state=initialized audit_enabled=0 res=1
[    3.016047] initcall vtconsole_class_init+0x0/0xba returned 0 after 0 usecs
[    3.016344] calling  serdev_init+0x0/0x21 @ 1
[    3.016835] initcall serdev_init+0x0/0x21 returned 0 after 0 usecs
[    3.017093] calling  iommu_dev_init+0x0/0x18 @ 1
[    3.017358] initcall iommu_dev_init+0x0/0x18 returned 0 after 0 usecs
[    3.017542] calling  devlink_class_init+0x0/0x45 @ 1
[    3.017823] initcall devlink_class_init+0x0/0x45 returned 0 after 0 usecs
[    3.018016] calling  software_node_init+0x0/0x2f @ 1
[    3.018230] initcall software_node_init+0x0/0x2f returned 0 after 0 usecs
[    3.018428] calling  wakeup_sources_debugfs_init+0x0/0x28 @ 1
[    3.018764] initcall wakeup_sources_debugfs_init+0x0/0x28 returned 0 after 0 usecs
[    3.018975] calling  wakeup_sources_sysfs_init+0x0/0x31 @ 1
[    3.019272] initcall wakeup_sources_sysfs_init+0x0/0x31 returned 0 after 0 usecs
[    3.019482] calling  thermal_init+0x0/0x106 @ 1
[    3.019967] thermal_sys: Registered thermal governor 'fair_share'
[    3.020034] thermal_sys: Registered thermal governor 'bang_bang'
[    3.020112] thermal_sys: Registered thermal governor 'step_wise'
[    3.020190] thermal_sys: Registered thermal governor 'user_space'
[    3.020268] thermal_sys: Registered thermal governor 'power_allocator'
[    3.020453] initcall thermal_init+0x0/0x106 returned 0 after 0 usecs
[    3.020669] calling  init_ladder+0x0/0x24 @ 1
[    3.021002] cpuidle: using governor ladder
[    3.021067] initcall init_ladder+0x0/0x24 returned 0 after 0 usecs
[    3.021310] calling  init_menu+0x0/0x11 @ 1
[    3.021633] cpuidle: using governor menu
[    3.021697] initcall init_menu+0x0/0x11 returned 0 after 0 usecs
[    3.021905] calling  pcc_init+0x0/0x8e @ 1
[    3.022123] initcall pcc_init+0x0/0x8e returned -19 after 0 usecs
[    3.022357] calling  amd_postcore_init+0x0/0x123 @ 1
[    3.023122] initcall amd_postcore_init+0x0/0x123 returned 0 after 0 usecs
[    3.023360] calling  kobject_uevent_init+0x0/0xc @ 1
[    3.023648] initcall kobject_uevent_init+0x0/0xc returned 0 after 0 usecs
[    3.027544] calling  bts_init+0x0/0xbf @ 1
[    3.027716] initcall bts_init+0x0/0xbf returned -19 after 0 usecs
[    3.027913] calling  pt_init+0x0/0x380 @ 1
[    3.028091] initcall pt_init+0x0/0x380 returned -19 after 0 usecs
[    3.028293] calling  boot_params_ksysfs_init+0x0/0x2f3 @ 1
[    3.028623] initcall boot_params_ksysfs_init+0x0/0x2f3 returned 0 after 0 usecs
[    3.028894] calling  sbf_init+0x0/0xef @ 1
[    3.029122] initcall sbf_init+0x0/0xef returned 0 after 0 usecs
[    3.029405] calling  arch_kdebugfs_init+0x0/0x21 @ 1
[    3.029910] initcall arch_kdebugfs_init+0x0/0x21 returned 0 after 0 usecs
[    3.030127] calling  xfd_update_static_branch+0x0/0x22 @ 1
[    3.030308] initcall xfd_update_static_branch+0x0/0x22 returned 0 after 0 usecs
[    3.030512] calling  intel_pconfig_init+0x0/0x105 @ 1
[    3.030716] initcall intel_pconfig_init+0x0/0x105 returned 0 after 0 usecs
[    3.030929] calling  mtrr_if_init+0x0/0x62 @ 1
[    3.031132] initcall mtrr_if_init+0x0/0x62 returned 0 after 0 usecs
[    3.031341] calling  activate_jump_labels+0x0/0x36 @ 1
[    3.031551] initcall activate_jump_labels+0x0/0x36 returned 0 after 0 usecs
[    3.031783] calling  init_s4_sigcheck+0x0/0x28 @ 1
[    3.032006] initcall init_s4_sigcheck+0x0/0x28 returned 0 after 0 usecs
[    3.032251] calling  ffh_cstate_init+0x0/0x35 @ 1
[    3.032499] initcall ffh_cstate_init+0x0/0x35 returned 0 after 0 usecs
[    3.032743] calling  kvm_alloc_cpumask+0x0/0xa0 @ 1
[    3.032919] initcall kvm_alloc_cpumask+0x0/0xa0 returned 0 after 0 usecs
[    3.033118] calling  activate_jump_labels+0x0/0x36 @ 1
[    3.033297] initcall activate_jump_labels+0x0/0x36 returned 0 after 0 usecs
[    3.033531] calling  report_cpuid_table+0x0/0x84 @ 1
[    3.033713] initcall report_cpuid_table+0x0/0x84 returned 0 after 0 usecs
[    3.033918] calling  gigantic_pages_init+0x0/0x24 @ 1
[    3.034260] initcall gigantic_pages_init+0x0/0x24 returned 0 after 0 usecs
[    3.034487] calling  efi_free_boot_services+0x0/0x7e @ 1
[    3.034716] initcall efi_free_boot_services+0x0/0x7e returned 0 after 0 usecs
[    3.034967] calling  kcmp_cookies_init+0x0/0x3c @ 1
[    3.035429] initcall kcmp_cookies_init+0x0/0x3c returned 0 after 0 usecs
[    3.035680] calling  cryptomgr_init+0x0/0x11 @ 1
[    3.035912] initcall cryptomgr_init+0x0/0x11 returned 0 after 0 usecs
[    3.036165] calling  acpi_pci_init+0x0/0x53 @ 1
[    3.036331] acpiphp: ACPI Hot Plug PCI Controller Driver version: 0.5
[    3.036405] initcall acpi_pci_init+0x0/0x53 returned 0 after 0 usecs
[    3.036590] calling  iommu_dma_init+0x0/0x20 @ 1
[    3.036851] initcall iommu_dma_init+0x0/0x20 returned 0 after 0 usecs
[    3.037107] calling  dmi_id_init+0x0/0x381 @ 1
[    3.039051] initcall dmi_id_init+0x0/0x381 returned 0 after 4000 usecs
[    3.039307] calling  pci_arch_init+0x0/0x76 @ 1
[    3.039598] PCI: Using configuration type 1 for base access
[    3.039671] PCI: Using configuration type 1 for extended access
[    3.039771] initcall pci_arch_init+0x0/0x76 returned 0 after 0 usecs
[    3.043628] calling  init_vdso+0x0/0x18 @ 1
[    3.043932] initcall init_vdso+0x0/0x18 returned 0 after 0 usecs
[    3.044121] calling  sysenter_setup+0x0/0x18 @ 1
[    3.044682] initcall sysenter_setup+0x0/0x18 returned 0 after 0 usecs
[    3.044876] calling  fixup_ht_bug+0x0/0xf6 @ 1
[    3.045053] initcall fixup_ht_bug+0x0/0xf6 returned 0 after 0 usecs
[    3.045253] calling  topology_init+0x0/0x3b @ 1
[    3.048267] initcall topology_init+0x0/0x3b returned 0 after 4000 usecs
[    3.048481] calling  intel_epb_init+0x0/0x88 @ 1
[    3.048668] initcall intel_epb_init+0x0/0x88 returned -19 after 0 usecs
[    3.048878] calling  mtrr_init_finialize+0x0/0x43 @ 1
[    3.049073] initcall mtrr_init_finialize+0x0/0x43 returned 0 after 0 usecs
[    3.049290] calling  uid_cache_init+0x0/0xb4 @ 1
[    3.049596] initcall uid_cache_init+0x0/0xb4 returned 0 after 0 usecs
[    3.049857] calling  param_sysfs_init+0x0/0x1ed @ 1
[    3.132759] initcall param_sysfs_init+0x0/0x1ed returned 0 after 84000 usecs
[    3.133061] calling  user_namespace_sysctl_init+0x0/0xbd @ 1
[    3.133631] initcall user_namespace_sysctl_init+0x0/0xbd returned 0 after 0 usecs
[    3.133819] calling  proc_schedstat_init+0x0/0x29 @ 1
[    3.134002] initcall proc_schedstat_init+0x0/0x29 returned 0 after 0 usecs
[    3.134188] calling  pm_sysrq_init+0x0/0x1d @ 1
[    3.134498] initcall pm_sysrq_init+0x0/0x1d returned 0 after 0 usecs
[    3.134776] calling  create_proc_profile+0x0/0xd0 @ 1
[    3.134996] initcall create_proc_profile+0x0/0xd0 returned 0 after 0 usecs
[    3.135239] calling  crash_save_vmcoreinfo_init+0x0/0x71d @ 1
[    3.138019] initcall crash_save_vmcoreinfo_init+0x0/0x71d returned 0 after 0 usecs
[    3.138265] calling  crash_notes_memory_init+0x0/0x3a @ 1
[    3.138514] initcall crash_notes_memory_init+0x0/0x3a returned 0 after 0 usecs
[    3.138719] calling  cgroup_sysfs_init+0x0/0x18 @ 1
[    3.139000] initcall cgroup_sysfs_init+0x0/0x18 returned 0 after 0 usecs
[    3.139233] calling  user_namespaces_init+0x0/0x31 @ 1
[    3.139971] initcall user_namespaces_init+0x0/0x31 returned 0 after 0 usecs
[    3.140247] calling  init_optprobes+0x0/0x1d @ 1
[    3.140473] kprobes: kprobe jump-optimization is enabled. All kprobes are optimized if possible.
[    3.140548] initcall init_optprobes+0x0/0x1d returned 0 after 0 usecs
[    3.140787] calling  hung_task_init+0x0/0x79 @ 1
[    3.142246] initcall hung_task_init+0x0/0x79 returned 0 after 0 usecs
[    3.142485] calling  ftrace_check_for_weak_functions+0x0/0x66 @ 1
[    3.142839] initcall ftrace_check_for_weak_functions+0x0/0x66 returned 0 after 0 usecs
[    3.143108] calling  trace_eval_init+0x0/0x8d @ 1
[    3.144429] initcall trace_eval_init+0x0/0x8d returned 0 after 0 usecs
[    3.144721] calling  send_signal_irq_work_init+0x0/0x5c @ 1
[    3.144895] initcall send_signal_irq_work_init+0x0/0x5c returned 0 after 0 usecs
[    3.145090] calling  dev_map_init+0x0/0x59 @ 1
[    3.145258] initcall dev_map_init+0x0/0x59 returned 0 after 0 usecs
[    3.145445] calling  cpu_map_init+0x0/0x4d @ 1
[    3.145611] initcall cpu_map_init+0x0/0x4d returned 0 after 0 usecs
[    3.145799] calling  netns_bpf_init+0x0/0x11 @ 1
[    3.145971] initcall netns_bpf_init+0x0/0x11 returned 0 after 0 usecs
[    3.146161] calling  btf_vmlinux_init+0x0/0x66 @ 1
[    3.146387] initcall btf_vmlinux_init+0x0/0x66 returned 0 after 0 usecs
[    3.146722] calling  oom_init+0x0/0x4e @ 1
[    4.668410] initcall oom_init+0x0/0x4e returned 0 after 1520000 usecs
[    4.668605] calling  default_bdi_init+0x0/0x2d @ 1
[    4.722810] initcall default_bdi_init+0x0/0x2d returned 0 after 56000 usecs
[    4.723020] calling  cgwb_init+0x0/0x2d @ 1
[    4.723252] initcall cgwb_init+0x0/0x2d returned 0 after 0 usecs
[    4.723449] calling  percpu_enable_async+0x0/0x13 @ 1
[    4.723637] initcall percpu_enable_async+0x0/0x13 returned 0 after 0 usecs
[    4.723847] calling  kcompactd_init+0x0/0x95 @ 1
[    4.725165] initcall kcompactd_init+0x0/0x95 returned 0 after 0 usecs
[    4.725376] calling  init_user_reserve+0x0/0x40 @ 1
[    4.725618] initcall init_user_reserve+0x0/0x40 returned 0 after 0 usecs
[    4.725882] calling  init_admin_reserve+0x0/0x40 @ 1
[    4.726127] initcall init_admin_reserve+0x0/0x40 returned 0 after 0 usecs
[    4.726393] calling  init_reserve_notifier+0x0/0x23 @ 1
[    4.726634] initcall init_reserve_notifier+0x0/0x23 returned 0 after 0 usecs
[    4.726722] calling  swap_init_sysfs+0x0/0x67 @ 1
[    4.727093] initcall swap_init_sysfs+0x0/0x67 returned 0 after 0 usecs
[    4.727328] calling  swapfile_init+0x0/0xce @ 1
[    4.727548] initcall swapfile_init+0x0/0xce returned 0 after 0 usecs
[    4.727781] calling  hugetlb_init+0x0/0x59c @ 1
[    4.728161] HugeTLB: registered 1.00 GiB page size, pre-allocated 0 pages
[    4.728247] HugeTLB: 16380 KiB vmemmap can be freed for a 1.00 GiB page
[    4.728360] HugeTLB: registered 2.00 MiB page size, pre-allocated 0 pages
[    4.728447] HugeTLB: 28 KiB vmemmap can be freed for a 2.00 MiB page
[    4.730078] initcall hugetlb_init+0x0/0x59c returned 0 after 0 usecs
[    4.730348] calling  ksm_init+0x0/0x199 @ 1
[    4.732742] initcall ksm_init+0x0/0x199 returned 0 after 0 usecs
[    4.733011] calling  memory_tier_init+0x0/0x100 @ 1
[    4.734473] initcall memory_tier_init+0x0/0x100 returned 0 after 0 usecs
[    4.734719] calling  numa_init_sysfs+0x0/0x67 @ 1
[    4.735274] initcall numa_init_sysfs+0x0/0x67 returned 0 after 0 usecs
[    4.735555] calling  hugepage_init+0x0/0x169 @ 1
[    4.737645] initcall hugepage_init+0x0/0x169 returned 0 after 0 usecs
[    4.737889] calling  mem_cgroup_init+0x0/0x127 @ 1
[    4.738128] initcall mem_cgroup_init+0x0/0x127 returned 0 after 0 usecs
[    4.738378] calling  mem_cgroup_swap_init+0x0/0x40 @ 1
[    4.738772] initcall mem_cgroup_swap_init+0x0/0x40 returned 0 after 0 usecs
[    4.739027] calling  sel_ib_pkey_init+0x0/0x38 @ 1
[    4.739233] initcall sel_ib_pkey_init+0x0/0x38 returned 0 after 0 usecs
[    4.739461] calling  fips_init+0x0/0x1f @ 1
[    4.739753] initcall fips_init+0x0/0x1f returned 0 after 0 usecs
[    4.739997] calling  dh_init+0x0/0x40 @ 1
[    4.740230] initcall dh_init+0x0/0x40 returned 0 after 0 usecs
[    4.740472] calling  rsa_init+0x0/0x3e @ 1
[    4.740711] initcall rsa_init+0x0/0x3e returned 0 after 0 usecs
[    4.740956] calling  hmac_module_init+0x0/0x11 @ 1
[    4.741190] initcall hmac_module_init+0x0/0x11 returned 0 after 0 usecs
[    4.741478] calling  crypto_null_mod_init+0x0/0x6a @ 1
[    4.742043] initcall crypto_null_mod_init+0x0/0x6a returned 0 after 0 usecs
[    4.742337] calling  md5_mod_init+0x0/0x11 @ 1
[    4.742866] initcall md5_mod_init+0x0/0x11 returned 0 after 0 usecs
[    4.743118] calling  sha1_generic_mod_init+0x0/0x11 @ 1
[    4.743380] initcall sha1_generic_mod_init+0x0/0x11 returned 0 after 0 usecs
[    4.743642] calling  sha256_generic_mod_init+0x0/0x16 @ 1
[    4.743939] initcall sha256_generic_mod_init+0x0/0x16 returned 0 after 0 usecs
[    4.744204] calling  crypto_cbc_module_init+0x0/0x11 @ 1
[    4.744447] initcall crypto_cbc_module_init+0x0/0x11 returned 0 after 0 usecs
[    4.744711] calling  aes_init+0x0/0x11 @ 1
[    4.744961] initcall aes_init+0x0/0x11 returned 0 after 0 usecs
[    4.745209] calling  deflate_mod_init+0x0/0x43 @ 1
[    4.745784] initcall deflate_mod_init+0x0/0x43 returned 0 after 0 usecs
[    4.746074] calling  crc32c_mod_init+0x0/0x11 @ 1
[    4.746340] initcall crc32c_mod_init+0x0/0x11 returned 0 after 0 usecs
[    4.746596] calling  crct10dif_mod_init+0x0/0x11 @ 1
[    4.746765] initcall crct10dif_mod_init+0x0/0x11 returned 0 after 0 usecs
[    4.747026] calling  init_bio+0x0/0xae @ 1
[    4.752541] initcall init_bio+0x0/0xae returned 0 after 4000 usecs
[    4.752828] calling  blk_ioc_init+0x0/0x2e @ 1
[    4.753101] initcall blk_ioc_init+0x0/0x2e returned 0 after 0 usecs
[    4.753359] calling  blk_mq_init+0x0/0xc2 @ 1
[    4.753603] initcall blk_mq_init+0x0/0xc2 returned 0 after 0 usecs
[    4.753861] calling  genhd_device_init+0x0/0x62 @ 1
[    4.756543] initcall genhd_device_init+0x0/0x62 returned 0 after 4000 usecs
[    4.756843] calling  blkcg_init+0x0/0x2d @ 1
[    4.759501] initcall blkcg_init+0x0/0x2d returned 0 after 4000 usecs
[    4.759795] calling  io_wq_init+0x0/0x3d @ 1
[    4.760036] initcall io_wq_init+0x0/0x3d returned 0 after 0 usecs
[    4.760295] calling  sg_pool_init+0x0/0xb4 @ 1
[    4.761551] initcall sg_pool_init+0x0/0xb4 returned 0 after 0 usecs
[    4.761758] calling  irq_poll_setup+0x0/0x78 @ 1
[    4.761917] initcall irq_poll_setup+0x0/0x78 returned 0 after 0 usecs
[    4.762095] calling  pci_slot_init+0x0/0x40 @ 1
[    4.762312] initcall pci_slot_init+0x0/0x40 returned 0 after 0 usecs
[    4.762516] calling  fbmem_init+0x0/0xdd @ 1
[    4.763987] initcall fbmem_init+0x0/0xdd returned 0 after 0 usecs
[    4.764204] calling  acpi_init+0x0/0x4bd @ 1
[    4.764847] ACPI: Added _OSI(Module Device)
[    4.764927] ACPI: Added _OSI(Processor Device)
[    4.765013] ACPI: Added _OSI(Processor Aggregator Device)
[    4.845848] ACPI: 2 ACPI AML tables successfully acquired and loaded
[    4.873578] ACPI: Interpreter enabled
[    4.874200] ACPI: PM: (supports S0 S3 S4 S5)
[    4.874267] ACPI: Using IOAPIC for interrupt routing
[    4.879226] PCI: Using host bridge windows from ACPI; if necessary, use "pci=nocrs" and report a bug
[    4.879318] PCI: Using E820 reservations for host bridge windows
[    5.012541] ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-ff])
[    5.012774] acpi PNP0A03:00: _OSC: OS supports [ExtendedConfig ASPM ClockPM Segments MSI HPX-Type3]
[    5.021824] PCI host bridge to bus 0000:00
[    5.021913] pci_bus 0000:00: root bus resource [io  0x0000-0x0cf7 window]
[    5.022070] pci_bus 0000:00: root bus resource [io  0x0d00-0xffff window]
[    5.022230] pci_bus 0000:00: root bus resource [mem 0x000a0000-0x000bffff window]
[    5.022396] pci_bus 0000:00: root bus resource [mem 0xc0000000-0xfebfffff window]
[    5.022568] pci_bus 0000:00: root bus resource [bus 00-ff]
[    5.027975] pci 0000:00:00.0: calling  quirk_mmio_always_on+0x0/0x20 @ 1
[    5.028228] pci 0000:00:00.0: quirk_mmio_always_on+0x0/0x20 took 0 usecs
[    5.028513] pci 0000:00:00.0: [8086:1237] type 00 class 0x060000
[    5.028992] pci 0000:00:00.0: calling  quirk_igfx_skip_te_disable+0x0/0x90 @ 1
[    5.029293] pci 0000:00:00.0: quirk_igfx_skip_te_disable+0x0/0x90 took 0 usecs
[    5.031351] pci 0000:00:01.0: [8086:7000] type 00 class 0x060100
[    5.031888] pci 0000:00:01.0: calling  quirk_igfx_skip_te_disable+0x0/0x90 @ 1
[    5.032190] pci 0000:00:01.0: quirk_igfx_skip_te_disable+0x0/0x90 took 0 usecs
[    5.041462] pci 0000:00:01.1: [8086:7010] type 00 class 0x010180
[    5.041756] pci 0000:00:01.1: BAR 4 [io  0xc000-0xc00f]
[    5.041953] pci 0000:00:01.1: BAR 0 [io  0x01f0-0x01f7]: legacy IDE quirk
[    5.042096] pci 0000:00:01.1: BAR 1 [io  0x03f6]: legacy IDE quirk
[    5.042228] pci 0000:00:01.1: BAR 2 [io  0x0170-0x0177]: legacy IDE quirk
[    5.042371] pci 0000:00:01.1: BAR 3 [io  0x0376]: legacy IDE quirk
[    5.042745] pci 0000:00:01.1: calling  quirk_igfx_skip_te_disable+0x0/0x90 @ 1
[    5.043047] pci 0000:00:01.1: quirk_igfx_skip_te_disable+0x0/0x90 took 0 usecs
[    5.050276] pci 0000:00:01.2: [8086:7020] type 00 class 0x0c0300
[    5.050573] pci 0000:00:01.2: BAR 4 [io  0xc020-0xc03f]
[    5.050991] pci 0000:00:01.2: calling  quirk_igfx_skip_te_disable+0x0/0x90 @ 1
[    5.051293] pci 0000:00:01.2: quirk_igfx_skip_te_disable+0x0/0x90 took 0 usecs
[    5.053287] pci 0000:00:01.3: calling  acpi_pm_check_blacklist+0x0/0x30 @ 1
[    5.053585] pci 0000:00:01.3: acpi_pm_check_blacklist+0x0/0x30 took 0 usecs
[    5.053882] pci 0000:00:01.3: [8086:7113] type 00 class 0x068000
[    5.054327] pci 0000:00:01.3: calling  quirk_piix4_acpi+0x0/0x180 @ 1
[    5.054547] pci 0000:00:01.3: quirk: [io  0xb000-0xb03f] claimed by PIIX4 ACPI
[    5.054744] pci 0000:00:01.3: quirk: [io  0xb100-0xb10f] claimed by PIIX4 SMB
[    5.054917] pci 0000:00:01.3: quirk_piix4_acpi+0x0/0x180 took 3906 usecs
[    5.055221] pci 0000:00:01.3: calling  quirk_igfx_skip_te_disable+0x0/0x90 @ 1
[    5.055523] pci 0000:00:01.3: quirk_igfx_skip_te_disable+0x0/0x90 took 0 usecs
[    5.055822] pci 0000:00:01.3: calling  pci_fixup_piix4_acpi+0x0/0x20 @ 1
[    5.056067] pci 0000:00:01.3: pci_fixup_piix4_acpi+0x0/0x20 took 0 usecs
[    5.086395] ACPI: PCI: Interrupt link LNKA configured for IRQ 11
[    5.094568] ACPI: PCI: Interrupt link LNKB configured for IRQ 9
[    5.097322] ACPI: PCI: Interrupt link LNKC configured for IRQ 11
[    5.104514] ACPI: PCI: Interrupt link LNKD configured for IRQ 9
[    5.106175] initcall acpi_init+0x0/0x4bd returned 0 after 340000 usecs
[    5.106413] calling  acpi_hed_driver_init+0x0/0x11 @ 1
[    5.112765] initcall acpi_hed_driver_init+0x0/0x11 returned 0 after 8000 usecs
[    5.113044] calling  pnp_init+0x0/0x11 @ 1
[    5.113753] initcall pnp_init+0x0/0x11 returned 0 after 0 usecs
[    5.114019] calling  balloon_init+0x0/0x1da @ 1
[    5.114241] initcall balloon_init+0x0/0x1da returned -19 after 0 usecs
[    5.114487] calling  xen_setup_shutdown_event+0x0/0x40 @ 1
[    5.114719] initcall xen_setup_shutdown_event+0x0/0x40 returned -19 after 0 usecs
[    5.114964] calling  xenbus_probe_backend_init+0x0/0x72 @ 1
[    5.120849] initcall xenbus_probe_backend_init+0x0/0x72 returned 0 after 4000 usecs
[    5.121113] calling  xenbus_probe_frontend_init+0x0/0x4f @ 1
[    5.121606] initcall xenbus_probe_frontend_init+0x0/0x4f returned 0 after 0 usecs
[    5.121870] calling  misc_init+0x0/0xc4 @ 1
[    5.122169] initcall misc_init+0x0/0xc4 returned 0 after 0 usecs
[    5.122336] calling  tpm_init+0x0/0xee @ 1
[    5.124118] initcall tpm_init+0x0/0xee returned 0 after 4000 usecs
[    5.124289] calling  iommu_subsys_init+0x0/0x122 @ 1
[    5.124454] iommu: Default domain type: Translated 
[    5.124530] iommu: DMA domain TLB invalidation policy: lazy mode 
[    5.124617] initcall iommu_subsys_init+0x0/0x122 returned 0 after 0 usecs
[    5.124806] calling  cn_init+0x0/0xf0 @ 1
[    5.125052] initcall cn_init+0x0/0xf0 returned 0 after 0 usecs
[    5.125237] calling  dax_core_init+0x0/0xbb @ 1
[    5.131814] initcall dax_core_init+0x0/0xbb returned 0 after 8000 usecs
[    5.132047] calling  dma_buf_init+0x0/0xc9 @ 1
[    5.132797] initcall dma_buf_init+0x0/0xc9 returned 0 after 0 usecs
[    5.133027] calling  serio_init+0x0/0x2e @ 1
[    5.133976] initcall serio_init+0x0/0x2e returned 0 after 0 usecs
[    5.134207] calling  input_init+0x0/0xfb @ 1
[    5.134547] initcall input_init+0x0/0xfb returned 0 after 0 usecs
[    5.134722] calling  rtc_init+0x0/0x54 @ 1
[    5.135026] initcall rtc_init+0x0/0x54 returned 0 after 0 usecs
[    5.135224] calling  pps_init+0x0/0xbc @ 1
[    5.135532] pps_core: LinuxPPS API ver. 1 registered
[    5.135602] pps_core: Software ver. 5.3.6 - Copyright 2005-2007 Rodolfo Giometti <giometti@linux.it>
[    5.135686] initcall pps_init+0x0/0xbc returned 0 after 0 usecs
[    5.135886] calling  ptp_init+0x0/0x9d @ 1
[    5.136178] PTP clock support registered
[    5.136233] initcall ptp_init+0x0/0x9d returned 0 after 0 usecs
[    5.136432] calling  power_supply_class_init+0x0/0x44 @ 1
[    5.136961] initcall power_supply_class_init+0x0/0x44 returned 0 after 0 usecs
[    5.137179] calling  leds_init+0x0/0x40 @ 1
[    5.137475] initcall leds_init+0x0/0x40 returned 0 after 0 usecs
[    5.137684] calling  dmi_init+0x0/0x118 @ 1
[    5.138334] initcall dmi_init+0x0/0x118 returned 0 after 0 usecs
[    5.138693] calling  efisubsys_init+0x0/0x5d3 @ 1
[    5.138898] initcall efisubsys_init+0x0/0x5d3 returned 0 after 0 usecs
[    5.139126] calling  ras_init+0x0/0xf @ 1
[    5.144296] initcall ras_init+0x0/0xf returned 0 after 4000 usecs
[    5.144531] calling  proto_init+0x0/0x11 @ 1
[    5.144769] initcall proto_init+0x0/0x11 returned 0 after 0 usecs
[    5.145008] calling  net_dev_init+0x0/0x24f @ 1
[    5.155125] initcall net_dev_init+0x0/0x24f returned 0 after 12000 usecs
[    5.155373] calling  neigh_init+0x0/0x89 @ 1
[    5.155628] initcall neigh_init+0x0/0x89 returned 0 after 0 usecs
[    5.155871] calling  fib_notifier_init+0x0/0x11 @ 1
[    5.156116] initcall fib_notifier_init+0x0/0x11 returned 0 after 0 usecs
[    5.156367] calling  fib_rules_init+0x0/0xb0 @ 1
[    5.156625] initcall fib_rules_init+0x0/0xb0 returned 0 after 0 usecs
[    5.156874] calling  init_cgroup_netprio+0x0/0x18 @ 1
[    5.157112] initcall init_cgroup_netprio+0x0/0x18 returned 0 after 0 usecs
[    5.157368] calling  bpf_lwt_init+0x0/0x16 @ 1
[    5.157594] initcall bpf_lwt_init+0x0/0x16 returned 0 after 0 usecs
[    5.157842] calling  pktsched_init+0x0/0x113 @ 1
[    5.158411] initcall pktsched_init+0x0/0x113 returned 0 after 0 usecs
[    5.158755] calling  tc_filter_init+0x0/0xff @ 1
[    5.163921] initcall tc_filter_init+0x0/0xff returned 0 after 4000 usecs
[    5.164177] calling  tc_action_init+0x0/0x59 @ 1
[    5.164430] initcall tc_action_init+0x0/0x59 returned 0 after 0 usecs
[    5.164684] calling  ethnl_init+0x0/0x57 @ 1
[    5.166050] initcall ethnl_init+0x0/0x57 returned 0 after 0 usecs
[    5.166302] calling  nexthop_init+0x0/0xfa @ 1
[    5.171230] initcall nexthop_init+0x0/0xfa returned 0 after 8000 usecs
[    5.171443] calling  cipso_v4_init+0x0/0x62 @ 1
[    5.171639] initcall cipso_v4_init+0x0/0x62 returned 0 after 0 usecs
[    5.171820] calling  devlink_init+0x0/0x2c @ 1
[    5.180501] initcall devlink_init+0x0/0x2c returned 0 after 8000 usecs
[    5.180701] calling  netlbl_init+0x0/0x7d @ 1
[    5.180876] NetLabel: Initializing
[    5.180928] NetLabel:  domain hash size = 128
[    5.180997] NetLabel:  protocols = UNLABELED CIPSOv4 CALIPSO
[    5.182163] NetLabel:  unlabeled traffic allowed by default
[    5.182225] initcall netlbl_init+0x0/0x7d returned 0 after 0 usecs
[    5.182458] calling  pci_subsys_init+0x0/0x6b @ 1
[    5.182703] PCI: Using ACPI for IRQ routing
[    5.182765] PCI: pci_cache_line_size set to 64 bytes
[    5.182950] e820: reserve RAM buffer [mem 0x0009f000-0x0009ffff]
[    5.183058] initcall pci_subsys_init+0x0/0x6b returned 0 after 0 usecs
[    5.183282] calling  vsprintf_init_hashval+0x0/0xe @ 1
[    5.183519] initcall vsprintf_init_hashval+0x0/0xe returned 0 after 0 usecs
[    5.183772] calling  vga_arb_device_init+0x0/0x77 @ 1
[    5.184938] vgaarb: loaded
[    5.184989] initcall vga_arb_device_init+0x0/0x77 returned 0 after 0 usecs
[    5.188866] calling  nmi_warning_debugfs+0x0/0x2b @ 1
[    5.189148] initcall nmi_warning_debugfs+0x0/0x2b returned 0 after 0 usecs
[    5.189405] calling  hpet_late_init+0x0/0x375 @ 1
[    5.189583] hpet0: at MMIO 0xfed00000, IRQs 2, 8, 0
[    5.189878] hpet0: 3 comparators, 64-bit 100.000000 MHz counter
[    5.191695] initcall hpet_late_init+0x0/0x375 returned 0 after 4000 usecs
[    5.191889] calling  init_amd_nbs+0x0/0x3b6 @ 1
[    5.192130] initcall init_amd_nbs+0x0/0x3b6 returned 0 after 0 usecs
[    5.192322] calling  iomem_init_inode+0x0/0x85 @ 1
[    5.203221] initcall iomem_init_inode+0x0/0x85 returned 0 after 12000 usecs
[    5.203517] calling  em_debug_init+0x0/0x21 @ 1
[    5.203734] initcall em_debug_init+0x0/0x21 returned 0 after 0 usecs
[    5.203925] calling  clocksource_done_booting+0x0/0x46 @ 1
[    5.204250] clocksource: Switched to clocksource tsc-early
[    5.204321] initcall clocksource_done_booting+0x0/0x46 returned 0 after 125 usecs
[    5.204555] calling  tracer_init_tracefs+0x0/0xb9 @ 1
[    5.205327] initcall tracer_init_tracefs+0x0/0xb9 returned 0 after 530 usecs
[    5.205627] calling  init_trace_printk_function_export+0x0/0x2c @ 1
[    5.206445] initcall init_trace_printk_function_export+0x0/0x2c returned 0 after 556 usecs
[    5.206666] calling  init_graph_tracefs+0x0/0x2c @ 1
[    5.210865] initcall init_graph_tracefs+0x0/0x2c returned 0 after 5282 usecs
[    5.211137] calling  trace_events_synth_init+0x0/0x46 @ 1
[    5.211355] initcall trace_events_synth_init+0x0/0x46 returned 0 after 52 usecs
[    5.211546] calling  bpf_event_init+0x0/0x13 @ 1
[    5.211705] initcall bpf_event_init+0x0/0x13 returned 0 after 4 usecs
[    5.211885] calling  init_kprobe_trace+0x0/0x176 @ 1
[    6.588949] initcall init_kprobe_trace+0x0/0x176 returned 0 after 1376901 usecs
[    6.589173] calling  init_dynamic_event+0x0/0x2c @ 1
[    6.589390] initcall init_dynamic_event+0x0/0x2c returned 0 after 52 usecs
[    6.589581] calling  init_uprobe_trace+0x0/0x5c @ 1
[    6.589846] initcall init_uprobe_trace+0x0/0x5c returned 0 after 103 usecs
[    6.590035] calling  bpf_init+0x0/0x4c @ 1
[    6.590216] initcall bpf_init+0x0/0x4c returned 0 after 29 usecs
[    6.590453] calling  btf_module_init+0x0/0x18 @ 1
[    6.590624] initcall btf_module_init+0x0/0x18 returned 0 after 4 usecs
[    6.590815] calling  secretmem_init+0x0/0x34 @ 1
[    6.591046] initcall secretmem_init+0x0/0x34 returned 0 after 1 usecs
[    6.591300] calling  init_fs_stat_sysctls+0x0/0x32 @ 1
[    6.591625] initcall init_fs_stat_sysctls+0x0/0x32 returned 0 after 86 usecs
[    6.591889] calling  init_fs_exec_sysctls+0x0/0x26 @ 1
[    6.592157] initcall init_fs_exec_sysctls+0x0/0x26 returned 0 after 27 usecs
[    6.592424] calling  init_pipe_fs+0x0/0x63 @ 1
[    6.592952] initcall init_pipe_fs+0x0/0x63 returned 0 after 296 usecs
[    6.593242] calling  init_fs_namei_sysctls+0x0/0x26 @ 1
[    6.593821] initcall init_fs_namei_sysctls+0x0/0x26 returned 0 after 336 usecs
[    6.594123] calling  init_fs_dcache_sysctls+0x0/0x26 @ 1
[    6.598364] initcall init_fs_dcache_sysctls+0x0/0x26 returned 0 after 3937 usecs
[    6.598668] calling  init_fs_namespace_sysctls+0x0/0x26 @ 1
[    6.598948] initcall init_fs_namespace_sysctls+0x0/0x26 returned 0 after 26 usecs
[    6.599227] calling  cgroup_writeback_init+0x0/0x2a @ 1
[    6.599524] initcall cgroup_writeback_init+0x0/0x2a returned 0 after 51 usecs
[    6.599796] calling  inotify_user_setup+0x0/0xdf @ 1
[    6.600067] initcall inotify_user_setup+0x0/0xdf returned 0 after 110 usecs
[    6.600254] calling  eventpoll_init+0x0/0xf0 @ 1
[    6.601378] initcall eventpoll_init+0x0/0xf0 returned 0 after 968 usecs
[    6.601592] calling  anon_inode_init+0x0/0x5d @ 1
[    6.601987] initcall anon_inode_init+0x0/0x5d returned 0 after 237 usecs
[    6.602171] calling  init_dax_wait_table+0x0/0x38 @ 1
[    6.603543] initcall init_dax_wait_table+0x0/0x38 returned 0 after 1148 usecs
[    6.603732] calling  proc_locks_init+0x0/0x2c @ 1
[    6.608148] initcall proc_locks_init+0x0/0x2c returned 0 after 4254 usecs
[    6.608369] calling  init_fs_coredump_sysctls+0x0/0x26 @ 1
[    6.608613] initcall init_fs_coredump_sysctls+0x0/0x26 returned 0 after 67 usecs
[    6.608815] calling  iomap_init+0x0/0x20 @ 1
[    6.612454] initcall iomap_init+0x0/0x20 returned 0 after 3480 usecs
[    6.612672] calling  dquot_init+0x0/0x140 @ 1
[    6.612834] VFS: Disk quotas dquot_6.6.0
[    6.613772] VFS: Dquot-cache hash table entries: 512 (order 0, 4096 bytes)
[    6.614898] initcall dquot_init+0x0/0x140 returned 0 after 2063 usecs
[    6.615086] calling  quota_init+0x0/0x28 @ 1
[    6.615440] initcall quota_init+0x0/0x28 returned 0 after 192 usecs
[    6.615627] calling  proc_cmdline_init+0x0/0x26 @ 1
[    6.615818] initcall proc_cmdline_init+0x0/0x26 returned 0 after 19 usecs
[    6.616015] calling  proc_consoles_init+0x0/0x29 @ 1
[    6.616207] initcall proc_consoles_init+0x0/0x29 returned 0 after 20 usecs
[    6.616404] calling  proc_cpuinfo_init+0x0/0x23 @ 1
[    6.616596] initcall proc_cpuinfo_init+0x0/0x23 returned 0 after 21 usecs
[    6.616793] calling  proc_devices_init+0x0/0x30 @ 1
[    6.616985] initcall proc_devices_init+0x0/0x30 returned 0 after 21 usecs
[    6.617181] calling  proc_interrupts_init+0x0/0x29 @ 1
[    6.617378] initcall proc_interrupts_init+0x0/0x29 returned 0 after 20 usecs
[    6.617579] calling  proc_loadavg_init+0x0/0x2d @ 1
[    6.617773] initcall proc_loadavg_init+0x0/0x2d returned 0 after 21 usecs
[    6.618005] calling  proc_meminfo_init+0x0/0x2d @ 1
[    6.618199] initcall proc_meminfo_init+0x0/0x2d returned 0 after 21 usecs
[    6.618456] calling  proc_stat_init+0x0/0x23 @ 1
[    6.618762] initcall proc_stat_init+0x0/0x23 returned 0 after 137 usecs
[    6.618957] calling  proc_uptime_init+0x0/0x2d @ 1
[    6.619150] initcall proc_uptime_init+0x0/0x2d returned 0 after 20 usecs
[    6.619348] calling  proc_version_init+0x0/0x2d @ 1
[    6.619545] initcall proc_version_init+0x0/0x2d returned 0 after 22 usecs
[    6.619745] calling  proc_softirqs_init+0x0/0x2d @ 1
[    6.619942] initcall proc_softirqs_init+0x0/0x2d returned 0 after 20 usecs
[    6.620144] calling  proc_kcore_init+0x0/0x142 @ 1
[    6.620386] initcall proc_kcore_init+0x0/0x142 returned 0 after 66 usecs
[    6.620586] calling  vmcore_init+0x0/0x5e2 @ 1
[    6.620762] initcall vmcore_init+0x0/0x5e2 returned 0 after 2 usecs
[    6.620959] calling  proc_kmsg_init+0x0/0x26 @ 1
[    6.621154] initcall proc_kmsg_init+0x0/0x26 returned 0 after 19 usecs
[    6.621387] calling  proc_page_init+0x0/0x5a @ 1
[    6.621624] initcall proc_page_init+0x0/0x5a returned 0 after 60 usecs
[    6.621824] calling  init_ramfs_fs+0x0/0x11 @ 1
[    6.622016] initcall init_ramfs_fs+0x0/0x11 returned 0 after 9 usecs
[    6.622223] calling  init_hugetlbfs_fs+0x0/0x11f @ 1
[    6.623949] initcall init_hugetlbfs_fs+0x0/0x11f returned 0 after 1481 usecs
[    6.624198] calling  tomoyo_initerface_init+0x0/0x183 @ 1
[    6.625638] initcall tomoyo_initerface_init+0x0/0x183 returned 0 after 1226 usecs
[    6.625911] calling  aa_create_aafs+0x0/0x3a6 @ 1
[    6.632648] AppArmor: AppArmor Filesystem Enabled
[    6.632718] initcall aa_create_aafs+0x0/0x3a6 returned 0 after 6599 usecs
[    6.632984] calling  dynamic_debug_init_control+0x0/0x7e @ 1
[    6.633280] initcall dynamic_debug_init_control+0x0/0x7e returned 0 after 130 usecs
[    6.633472] calling  acpi_event_init+0x0/0x31 @ 1
[    6.633863] initcall acpi_event_init+0x0/0x31 returned 0 after 196 usecs
[    6.634083] calling  pnp_system_init+0x0/0x11 @ 1
[    6.634545] initcall pnp_system_init+0x0/0x11 returned 0 after 186 usecs
[    6.634790] calling  pnpacpi_init+0x0/0x6e @ 1
[    6.635006] pnp: PnP ACPI init
[    6.641523] pnp 00:03: [dma 2]
[    6.653864] pnp: PnP ACPI: found 7 devices
[    6.653933] initcall pnpacpi_init+0x0/0x6e returned 0 after 18926 usecs
[    6.654209] calling  chr_dev_init+0x0/0xab @ 1
[    6.749268] initcall chr_dev_init+0x0/0xab returned 0 after 94766 usecs
[    6.749565] calling  hwrng_modinit+0x0/0x8f @ 1
[    6.750797] initcall hwrng_modinit+0x0/0x8f returned 0 after 1082 usecs
[    6.751006] calling  firmware_class_init+0x0/0xec @ 1
[    6.751195] initcall firmware_class_init+0x0/0xec returned 0 after 8 usecs
[    6.751399] calling  map_properties+0x0/0x547 @ 1
[    6.751613] initcall map_properties+0x0/0x547 returned 0 after 2 usecs
[    6.751849] calling  efi_mokvar_sysfs_init+0x0/0x181 @ 1
[    6.752073] initcall efi_mokvar_sysfs_init+0x0/0x181 returned -2 after 2 usecs
[    6.752318] calling  init_acpi_pm_clocksource+0x0/0xdf @ 1
[    6.757034] clocksource: acpi_pm: mask: 0xffffff max_cycles: 0xffffff, max_idle_ns: 2085701024 ns
[    6.757264] initcall init_acpi_pm_clocksource+0x0/0xdf returned 0 after 4718 usecs
[    6.757517] calling  powercap_init+0x0/0x261 @ 1
[    6.760581] initcall powercap_init+0x0/0x261 returned 0 after 2846 usecs
[    6.760825] calling  sysctl_core_init+0x0/0x2b @ 1
[    6.761631] initcall sysctl_core_init+0x0/0x2b returned 0 after 581 usecs
[    6.761881] calling  eth_offload_init+0x0/0x18 @ 1
[    6.762115] initcall eth_offload_init+0x0/0x18 returned 0 after 3 usecs
[    6.762426] calling  ipv4_offload_init+0x0/0x78 @ 1
[    6.762587] initcall ipv4_offload_init+0x0/0x78 returned 0 after 3 usecs
[    6.762801] calling  inet_init+0x0/0x296 @ 1
[    6.765843] NET: Registered PF_INET protocol family
[    6.768905] IP idents hash table entries: 16384 (order: 5, 131072 bytes, linear)
[    6.826699] tcp_listen_portaddr_hash hash table entries: 512 (order: 1, 8192 bytes, linear)
[    6.827701] Table-perturb hash table entries: 65536 (order: 6, 262144 bytes, linear)
[    6.828082] TCP established hash table entries: 8192 (order: 4, 65536 bytes, linear)
[    6.830325] TCP bind hash table entries: 8192 (order: 6, 262144 bytes, linear)
[    6.833402] TCP: Hash tables configured (established 8192 bind 8192)
[    6.836147] MPTCP token hash table entries: 1024 (order: 3, 24576 bytes, linear)
[    6.837881] UDP hash table entries: 512 (order: 2, 16384 bytes, linear)
[    6.838421] UDP-Lite hash table entries: 512 (order: 2, 16384 bytes, linear)
[    6.840366] initcall inet_init+0x0/0x296 returned 0 after 77417 usecs
[    6.840574] calling  af_unix_init+0x0/0xdb @ 1
[    6.840845] NET: Registered PF_UNIX/PF_LOCAL protocol family
[    6.841125] initcall af_unix_init+0x0/0xdb returned 0 after 392 usecs
[    6.841309] calling  ipv6_offload_init+0x0/0x83 @ 1
[    6.841494] initcall ipv6_offload_init+0x0/0x83 returned 0 after 4 usecs
[    6.841698] calling  vlan_offload_init+0x0/0x24 @ 1
[    6.841887] initcall vlan_offload_init+0x0/0x24 returned 0 after 5 usecs
[    6.842094] calling  xsk_init+0x0/0xc3 @ 1
[    6.842328] NET: Registered PF_XDP protocol family
[    6.842407] initcall xsk_init+0x0/0xc3 returned 0 after 82 usecs
[    6.842608] calling  pcibios_assign_resources+0x0/0xce @ 1
[    6.842879] pci_bus 0000:00: resource 4 [io  0x0000-0x0cf7 window]
[    6.843035] pci_bus 0000:00: resource 5 [io  0x0d00-0xffff window]
[    6.843193] pci_bus 0000:00: resource 6 [mem 0x000a0000-0x000bffff window]
[    6.843359] pci_bus 0000:00: resource 7 [mem 0xc0000000-0xfebfffff window]
[    6.843903] initcall pcibios_assign_resources+0x0/0xce returned 0 after 1095 usecs
[    6.844130] calling  pci_apply_final_quirks+0x0/0x129 @ 1
[    6.844337] pci 0000:00:00.0: calling  quirk_passive_release+0x0/0x80 @ 1
[    6.844616] pci 0000:00:01.0: PIIX3: Enabling Passive Release
[    6.844735] pci 0000:00:00.0: quirk_passive_release+0x0/0x80 took 128 usecs
[    6.845006] pci 0000:00:00.0: calling  quirk_natoma+0x0/0x20 @ 1
[    6.845291] pci 0000:00:00.0: Limiting direct PCI/PCI transfers
[    6.845398] pci 0000:00:00.0: quirk_natoma+0x0/0x20 took 104 usecs
[    6.846374] PCI: CLS 0 bytes, default 64
[    6.846454] initcall pci_apply_final_quirks+0x0/0x129 returned 0 after 2149 usecs
[    6.846656] calling  acpi_reserve_resources+0x0/0xef @ 1
[    6.846870] initcall acpi_reserve_resources+0x0/0xef returned 0 after 28 usecs
[    6.847080] calling  populate_rootfs+0x0/0x40 @ 1
[    6.849424] Trying to unpack rootfs image as initramfs...
[    6.850485] initcall populate_rootfs+0x0/0x40 returned 0 after 3235 usecs
[    6.850714] calling  pci_iommu_init+0x0/0x36 @ 1
[    6.850870] initcall pci_iommu_init+0x0/0x36 returned 0 after 2 usecs
[    6.851048] calling  ir_dev_scope_init+0x0/0x37 @ 1
[    6.851210] initcall ir_dev_scope_init+0x0/0x37 returned 0 after 1 usecs
[    6.855098] calling  ia32_binfmt_init+0x0/0x18 @ 1
[    6.862842] initcall ia32_binfmt_init+0x0/0x18 returned 0 after 7569 usecs
[    6.863076] calling  amd_ibs_init+0x0/0x2a4 @ 1
[    6.863251] [Firmware Bug]: cpu 0, invalid IBS interrupt offset 0 (MSRC001103A=0x0000000000000000)
[    6.872458] initcall amd_ibs_init+0x0/0x2a4 returned -22 after 9208 usecs
[    6.872659] calling  amd_uncore_init+0x0/0x551 @ 1
[    6.882545] amd_uncore: 4  amd_nb counters detected
[    6.882880] initcall amd_uncore_init+0x0/0x551 returned 0 after 10044 usecs
[    6.883117] calling  msr_init+0x0/0x5a @ 1
[    6.883321] initcall msr_init+0x0/0x5a returned 0 after 37 usecs
[    6.883514] calling  register_kernel_offset_dumper+0x0/0x1f @ 1
[    6.883763] initcall register_kernel_offset_dumper+0x0/0x1f returned 0 after 3 usecs
[    6.884033] calling  i8259A_init_ops+0x0/0x25 @ 1
[    6.884269] initcall i8259A_init_ops+0x0/0x25 returned 0 after 3 usecs
[    6.884526] calling  init_tsc_clocksource+0x0/0xa4 @ 1
[    6.884734] initcall init_tsc_clocksource+0x0/0xa4 returned 0 after 39 usecs
[    6.884928] calling  add_rtc_cmos+0x0/0xb5 @ 1
[    6.885095] initcall add_rtc_cmos+0x0/0xb5 returned 0 after 4 usecs
[    6.885282] calling  umwait_init+0x0/0x75 @ 1
[    6.885463] initcall umwait_init+0x0/0x75 returned -19 after 1 usecs
[    6.885667] calling  sgx_init+0x0/0x42a @ 1
[    6.885860] initcall sgx_init+0x0/0x42a returned -19 after 2 usecs
[    6.886077] calling  ioapic_init_ops+0x0/0x18 @ 1
[    6.890341] initcall ioapic_init_ops+0x0/0x18 returned 0 after 4044 usecs
[    6.890560] calling  register_e820_pmem+0x0/0x5f @ 1
[    6.891494] initcall register_e820_pmem+0x0/0x5f returned 0 after 752 usecs
[    6.891734] calling  add_pcspkr+0x0/0x71 @ 1
[    6.892639] initcall add_pcspkr+0x0/0x71 returned 0 after 732 usecs
[    6.892871] calling  snp_init_platform_device+0x0/0x95 @ 1
[    6.893063] initcall snp_init_platform_device+0x0/0x95 returned -19 after 2 usecs
[    6.893279] calling  audit_classes_init+0x0/0xb3 @ 1
[    6.893799] initcall audit_classes_init+0x0/0xb3 returned 0 after 336 usecs
[    6.894043] calling  pt_dump_init+0x0/0x4d @ 1
[    6.894298] initcall pt_dump_init+0x0/0x4d returned 0 after 1 usecs
[    6.894516] calling  blake2s_mod_init+0x0/0x76 @ 1
[    6.898434] initcall blake2s_mod_init+0x0/0x76 returned 0 after 3702 usecs
[    6.898676] calling  proc_execdomains_init+0x0/0x26 @ 1
[    6.899138] initcall proc_execdomains_init+0x0/0x26 returned 0 after 227 usecs
[    6.899421] calling  register_warn_debugfs+0x0/0x28 @ 1
[    6.899705] initcall register_warn_debugfs+0x0/0x28 returned 0 after 49 usecs
[    6.899966] calling  cpuhp_sysfs_init+0x0/0x89 @ 1
[    6.900404] initcall cpuhp_sysfs_init+0x0/0x89 returned 0 after 206 usecs
[    6.900662] calling  ioresources_init+0x0/0x4e @ 1
[    6.900937] initcall ioresources_init+0x0/0x4e returned 0 after 39 usecs
[    6.901198] calling  psi_proc_init+0x0/0x71 @ 1
[    6.901437] initcall psi_proc_init+0x0/0x71 returned 0 after 81 usecs
[    6.901620] calling  snapshot_device_init+0x0/0x11 @ 1
[    6.906948] initcall snapshot_device_init+0x0/0x11 returned 0 after 5151 usecs
[    6.907173] calling  irq_pm_init_ops+0x0/0x18 @ 1
[    6.907355] initcall irq_pm_init_ops+0x0/0x18 returned 0 after 3 usecs
[    6.907558] calling  klp_init+0x0/0x2d @ 1
[    6.907770] initcall klp_init+0x0/0x2d returned 0 after 36 usecs
[    6.907972] calling  proc_modules_init+0x0/0x23 @ 1
[    6.908186] initcall proc_modules_init+0x0/0x23 returned 0 after 22 usecs
[    6.908404] calling  timer_sysctl_init+0x0/0x1f @ 1
[    6.908626] initcall timer_sysctl_init+0x0/0x1f returned 0 after 29 usecs
[    6.908844] calling  timekeeping_init_ops+0x0/0x18 @ 1
[    6.909046] initcall timekeeping_init_ops+0x0/0x18 returned 0 after 3 usecs
[    6.909268] calling  init_clocksource_sysfs+0x0/0x40 @ 1
[    6.914779] initcall init_clocksource_sysfs+0x0/0x40 returned 0 after 5306 usecs
[    6.915031] calling  init_timer_list_procfs+0x0/0x36 @ 1
[    6.915258] initcall init_timer_list_procfs+0x0/0x36 returned 0 after 21 usecs
[    6.915488] calling  alarmtimer_init+0x0/0xcc @ 1
[    6.915893] initcall alarmtimer_init+0x0/0xcc returned 0 after 208 usecs
[    6.916114] calling  init_posix_timers+0x0/0x2e @ 1
[    6.916352] initcall init_posix_timers+0x0/0x2e returned 0 after 37 usecs
[    6.916577] calling  clockevents_init_sysfs+0x0/0xcc @ 1
[    6.922650] initcall clockevents_init_sysfs+0x0/0xcc returned 0 after 5867 usecs
[    6.922904] calling  kallsyms_init+0x0/0x26 @ 1
[    6.923126] initcall kallsyms_init+0x0/0x26 returned 0 after 21 usecs
[    6.923352] calling  pid_namespaces_init+0x0/0x44 @ 1
[    6.924067] initcall pid_namespaces_init+0x0/0x44 returned 0 after 496 usecs
[    6.924334] calling  audit_watch_init+0x0/0x3e @ 1
[    6.924558] initcall audit_watch_init+0x0/0x3e returned 0 after 7 usecs
[    6.924798] calling  audit_fsnotify_init+0x0/0x41 @ 1
[    6.925026] initcall audit_fsnotify_init+0x0/0x41 returned 0 after 7 usecs
[    6.925270] calling  audit_tree_init+0x0/0x74 @ 1
[    6.925535] initcall audit_tree_init+0x0/0x74 returned 0 after 49 usecs
[    6.925776] calling  seccomp_sysctl_init+0x0/0x30 @ 1
[    6.926093] initcall seccomp_sysctl_init+0x0/0x30 returned 0 after 91 usecs
[    6.926402] calling  utsname_sysctl_init+0x0/0x18 @ 1
[    6.930495] initcall utsname_sysctl_init+0x0/0x18 returned 0 after 3864 usecs
[    6.930749] calling  init_tracepoints+0x0/0x2c @ 1
[    6.930980] initcall init_tracepoints+0x0/0x2c returned 0 after 5 usecs
[    6.931229] calling  stack_trace_init+0x0/0xa8 @ 1
[    6.931622] initcall stack_trace_init+0x0/0xa8 returned 0 after 151 usecs
[    6.931889] calling  init_mmio_trace+0x0/0xc @ 1
[    6.932146] initcall init_mmio_trace+0x0/0xc returned 0 after 16 usecs
[    6.932432] calling  init_blk_tracer+0x0/0x50 @ 1
[    6.932754] initcall init_blk_tracer+0x0/0x50 returned 0 after 171 usecs
[    6.932931] calling  perf_event_sysfs_init+0x0/0x86 @ 1
[    6.941925] initcall perf_event_sysfs_init+0x0/0x86 returned 0 after 8817 usecs
[    6.942149] calling  system_trusted_keyring_init+0x0/0xf8 @ 1
[    6.942397] Initialise system trusted keyrings
[    6.947490] initcall system_trusted_keyring_init+0x0/0xf8 returned 0 after 5093 usecs
[    6.947726] calling  blacklist_init+0x0/0x10e @ 1
[    6.947906] Key type blacklist registered
[    6.948157] initcall blacklist_init+0x0/0x10e returned 0 after 253 usecs
[    6.948382] calling  kswapd_init+0x0/0x64 @ 1
[    6.954596] initcall kswapd_init+0x0/0x64 returned 0 after 6039 usecs
[    6.954818] calling  extfrag_debug_init+0x0/0x59 @ 1
[    6.955389] initcall extfrag_debug_init+0x0/0x59 returned 0 after 389 usecs
[    6.955618] calling  mm_compute_batch_init+0x0/0x23 @ 1
[    6.955811] initcall mm_compute_batch_init+0x0/0x23 returned 0 after 4 usecs
[    6.956023] calling  slab_proc_init+0x0/0x26 @ 1
[    6.956229] initcall slab_proc_init+0x0/0x26 returned 0 after 21 usecs
[    6.956439] calling  workingset_init+0x0/0x98 @ 1
[    6.956627] workingset: timestamp_bits=36 max_order=18 bucket_order=0
[    6.956750] initcall workingset_init+0x0/0x98 returned 0 after 123 usecs
[    6.956964] calling  proc_vmalloc_init+0x0/0x37 @ 1
[    6.957181] initcall proc_vmalloc_init+0x0/0x37 returned 0 after 22 usecs
[    6.957400] calling  procswaps_init+0x0/0x23 @ 1
[    6.957632] initcall procswaps_init+0x0/0x23 returned 0 after 21 usecs
[    6.957868] calling  slab_sysfs_init+0x0/0xef @ 1
[    7.186403] Freeing initrd memory: 6060K
[    7.220948] initcall slab_sysfs_init+0x0/0xef returned 0 after 262859 usecs
[    7.221217] calling  slab_debugfs_init+0x0/0x52 @ 1
[    7.221507] initcall slab_debugfs_init+0x0/0x52 returned 0 after 67 usecs
[    7.221755] calling  fcntl_init+0x0/0x2e @ 1
[    7.222066] initcall fcntl_init+0x0/0x2e returned 0 after 82 usecs
[    7.222419] calling  proc_filesystems_init+0x0/0x26 @ 1
[    7.222778] initcall proc_filesystems_init+0x0/0x26 returned 0 after 113 usecs
[    7.223049] calling  start_dirtytime_writeback+0x0/0x34 @ 1
[    7.223312] initcall start_dirtytime_writeback+0x0/0x34 returned 0 after 7 usecs
[    7.223590] calling  dio_init+0x0/0x31 @ 1
[    7.223789] initcall dio_init+0x0/0x31 returned 0 after 51 usecs
[    7.223962] calling  dnotify_init+0x0/0x9c @ 1
[    7.226338] initcall dnotify_init+0x0/0x9c returned 0 after 2223 usecs
[    7.226540] calling  fanotify_user_setup+0x0/0x14e @ 1
[    7.227028] initcall fanotify_user_setup+0x0/0x14e returned 0 after 324 usecs
[    7.227217] calling  userfaultfd_init+0x0/0x46 @ 1
[    7.229612] initcall userfaultfd_init+0x0/0x46 returned 0 after 2233 usecs
[    7.229821] calling  aio_setup+0x0/0x97 @ 1
[    7.231808] initcall aio_setup+0x0/0x97 returned 0 after 1835 usecs
[    7.232008] calling  mbcache_init+0x0/0x35 @ 1
[    7.233892] initcall mbcache_init+0x0/0x35 returned 0 after 1722 usecs
[    7.234103] calling  init_devpts_fs+0x0/0x2c @ 1
[    7.234648] initcall init_devpts_fs+0x0/0x2c returned 0 after 311 usecs
[    7.234873] calling  ext4_init_fs+0x0/0x1ad @ 1
[    7.247451] initcall ext4_init_fs+0x0/0x1ad returned 0 after 12399 usecs
[    7.247678] calling  journal_init+0x0/0x121 @ 1
[    7.251855] initcall journal_init+0x0/0x121 returned 0 after 3995 usecs
[    7.252084] calling  ipc_init+0x0/0x29 @ 1
[    7.252751] initcall ipc_init+0x0/0x29 returned 0 after 488 usecs
[    7.252976] calling  ipc_sysctl_init+0x0/0x2f @ 1
[    7.253793] initcall ipc_sysctl_init+0x0/0x2f returned 0 after 626 usecs
[    7.254030] calling  init_mqueue_fs+0x0/0xac @ 1
[    7.256792] initcall init_mqueue_fs+0x0/0xac returned 0 after 2572 usecs
[    7.257029] calling  key_proc_init+0x0/0x68 @ 1
[    7.257464] initcall key_proc_init+0x0/0x68 returned 0 after 246 usecs
[    7.257699] calling  selinux_nf_ip_init+0x0/0x4a @ 1
[    7.257904] initcall selinux_nf_ip_init+0x0/0x4a returned 0 after 1 usecs
[    7.258131] calling  init_sel_fs+0x0/0x115 @ 1
[    7.258386] initcall init_sel_fs+0x0/0x115 returned 0 after 2 usecs
[    7.258606] calling  selnl_init+0x0/0x81 @ 1
[    7.258857] initcall selnl_init+0x0/0x81 returned 0 after 56 usecs
[    7.259076] calling  sel_netif_init+0x0/0x3b @ 1
[    7.259276] initcall sel_netif_init+0x0/0x3b returned 0 after 1 usecs
[    7.259498] calling  sel_netnode_init+0x0/0x38 @ 1
[    7.259701] initcall sel_netnode_init+0x0/0x38 returned 0 after 1 usecs
[    7.259926] calling  sel_netport_init+0x0/0x38 @ 1
[    7.260129] initcall sel_netport_init+0x0/0x38 returned 0 after 1 usecs
[    7.260355] calling  aurule_init+0x0/0x2f @ 1
[    7.260557] initcall aurule_init+0x0/0x2f returned 0 after 5 usecs
[    7.260778] calling  apparmor_nf_ip_init+0x0/0x33 @ 1
[    7.262027] initcall apparmor_nf_ip_init+0x0/0x33 returned 0 after 1036 usecs
[    7.262344] calling  platform_keyring_init+0x0/0x2a @ 1
[    7.263102] integrity: Platform Keyring initialized
[    7.263162] initcall platform_keyring_init+0x0/0x2a returned 0 after 595 usecs
[    7.263432] calling  machine_keyring_init+0x0/0x2a @ 1
[    7.263870] integrity: Machine keyring initialized
[    7.263929] initcall machine_keyring_init+0x0/0x2a returned 0 after 275 usecs
[    7.264199] calling  crc64_rocksoft_init+0x0/0x11 @ 1
[    7.264478] initcall crc64_rocksoft_init+0x0/0x11 returned 0 after 40 usecs
[    7.264742] calling  asymmetric_key_init+0x0/0x11 @ 1
[    7.264983] Key type asymmetric registered
[    7.265048] initcall asymmetric_key_init+0x0/0x11 returned 0 after 68 usecs
[    7.265312] calling  x509_key_init+0x0/0x1d @ 1
[    7.265546] Asymmetric key parser 'x509' registered
[    7.265614] initcall x509_key_init+0x0/0x1d returned 0 after 69 usecs
[    7.265872] calling  crypto_kdf108_init+0x0/0x156 @ 1
[    7.272697] alg: self-tests disabled
[    7.275142] alg: self-tests for CTR-KDF (hmac(sha256)) passed
[    7.275204] initcall crypto_kdf108_init+0x0/0x156 returned 0 after 9091 usecs
[    7.275471] calling  blkdev_init+0x0/0x20 @ 1
[    7.276083] initcall blkdev_init+0x0/0x20 returned 0 after 380 usecs
[    7.276361] calling  proc_genhd_init+0x0/0x46 @ 1
[    7.276641] initcall proc_genhd_init+0x0/0x46 returned 0 after 41 usecs
[    7.276904] calling  bsg_init+0x0/0xb4 @ 1
[    7.277253] Block layer SCSI generic (bsg) driver version 0.4 loaded (major 249)
[    7.277336] initcall bsg_init+0x0/0xb4 returned 0 after 200 usecs
[    7.277594] calling  throtl_init+0x0/0x3c @ 1
[    7.279132] initcall throtl_init+0x0/0x3c returned 0 after 1302 usecs
[    7.279393] calling  ioc_init+0x0/0x11 @ 1
[    7.279748] initcall ioc_init+0x0/0x11 returned 0 after 124 usecs
[    7.280006] calling  deadline_init+0x0/0x11 @ 1
[    7.280245] io scheduler mq-deadline registered
[    7.280313] initcall deadline_init+0x0/0x11 returned 0 after 69 usecs
[    7.280575] calling  io_uring_init+0x0/0x36 @ 1
[    7.280891] initcall io_uring_init+0x0/0x36 returned 0 after 76 usecs
[    7.281155] calling  blake2s_mod_init+0x0/0x1e @ 1
[    7.353747] initcall blake2s_mod_init+0x0/0x1e returned 0 after 72440 usecs
[    7.353948] calling  crc_t10dif_mod_init+0x0/0x50 @ 1
[    7.356506] initcall crc_t10dif_mod_init+0x0/0x50 returned 0 after 2401 usecs
[    7.356690] calling  crc64_rocksoft_mod_init+0x0/0x50 @ 1
[    7.358159] initcall crc64_rocksoft_mod_init+0x0/0x50 returned 0 after 1307 usecs
[    7.358508] calling  percpu_counter_startup+0x0/0x55 @ 1
[    7.358882] initcall percpu_counter_startup+0x0/0x55 returned 0 after 213 usecs
[    7.359068] calling  digsig_init+0x0/0x3a @ 1
[    7.360982] initcall digsig_init+0x0/0x3a returned 0 after 1765 usecs
[    7.361157] calling  pcie_portdrv_init+0x0/0x4d @ 1
[    7.362594] initcall pcie_portdrv_init+0x0/0x4d returned 0 after 1271 usecs
[    7.362785] calling  pci_proc_init+0x0/0x8f @ 1
[    7.363211] initcall pci_proc_init+0x0/0x8f returned 0 after 265 usecs
[    7.363397] calling  pci_hotplug_init+0x0/0xc @ 1
[    7.363562] initcall pci_hotplug_init+0x0/0xc returned 0 after 1 usecs
[    7.363750] calling  xenfb_init+0x0/0x36 @ 1
[    7.363914] initcall xenfb_init+0x0/0x36 returned -19 after 1 usecs
[    7.364101] calling  efifb_driver_init+0x0/0x13 @ 1
[    7.364482] initcall efifb_driver_init+0x0/0x13 returned 0 after 210 usecs
[    7.364700] calling  ged_driver_init+0x0/0x13 @ 1
[    7.365321] initcall ged_driver_init+0x0/0x13 returned 0 after 424 usecs
[    7.365566] calling  acpi_processor_driver_init+0x0/0xb2 @ 1
[    7.368700] probe of cpu0 returned 0 after 2865 usecs
[    7.368968] initcall acpi_processor_driver_init+0x0/0xb2 returned 0 after 3184 usecs
[    7.369212] calling  acpi_thermal_init+0x0/0x76 @ 1
[    7.370949] initcall acpi_thermal_init+0x0/0x76 returned 0 after 1529 usecs
[    7.371205] calling  hmat_init+0x0/0x2a6 @ 1
[    7.371417] initcall hmat_init+0x0/0x2a6 returned 0 after 7 usecs
[    7.371645] calling  erst_init+0x0/0x2f8 @ 1
[    7.371863] initcall erst_init+0x0/0x2f8 returned 0 after 8 usecs
[    7.372096] calling  xenbus_probe_initcall+0x0/0xa5 @ 1
[    7.372330] initcall xenbus_probe_initcall+0x0/0xa5 returned -19 after 1 usecs
[    7.372587] calling  xenbus_init+0x0/0x3a @ 1
[    7.372811] initcall xenbus_init+0x0/0x3a returned -19 after 1 usecs
[    7.373058] calling  xenbus_backend_init+0x0/0xf @ 1
[    7.373289] initcall xenbus_backend_init+0x0/0xf returned -19 after 1 usecs
[    7.373544] calling  hyper_sysfs_init+0x0/0x12d @ 1
[    7.373776] initcall hyper_sysfs_init+0x0/0x12d returned -19 after 1 usecs
[    7.374032] calling  hypervisor_subsys_init+0x0/0x29 @ 1
[    7.374388] initcall hypervisor_subsys_init+0x0/0x29 returned -19 after 1 usecs
[    7.374649] calling  platform_driver_init+0x0/0x1a @ 1
[    7.375358] initcall platform_driver_init+0x0/0x1a returned 0 after 473 usecs
[    7.375641] calling  n_null_init+0x0/0x1e @ 1
[    7.375870] initcall n_null_init+0x0/0x1e returned 0 after 2 usecs
[    7.376121] calling  pty_init+0x0/0x1d1 @ 1
[    7.377280] initcall pty_init+0x0/0x1d1 returned 0 after 935 usecs
[    7.377552] calling  sysrq_init+0x0/0x67 @ 1
[    7.377804] initcall sysrq_init+0x0/0x67 returned 0 after 25 usecs
[    7.378056] calling  xen_hvc_init+0x0/0x116 @ 1
[    7.378406] initcall xen_hvc_init+0x0/0x116 returned -19 after 1 usecs
[    7.378665] calling  serial8250_init+0x0/0x183 @ 1
[    7.378906] Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled
[    7.380617] 00:05: ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A
[    7.384016] probe of 00:05 returned 0 after 3634 usecs
[    7.384481] 00:06: ttyS1 at I/O 0x2f8 (irq = 3, base_baud = 115200) is a 16550A
[    7.388360] probe of 00:06 returned 0 after 4130 usecs
[    7.389168] serial8250: ttyS2 at I/O 0x3e8 (irq = 4, base_baud = 115200) is a 16550A
[    7.395270] probe of serial8250 returned 0 after 186 usecs
[    7.395742] initcall serial8250_init+0x0/0x183 returned 0 after 16836 usecs
[    7.396031] calling  serial_pci_driver_init+0x0/0x1a @ 1
[    7.397077] initcall serial_pci_driver_init+0x0/0x1a returned 0 after 798 usecs
[    7.397350] calling  dw8250_platform_driver_init+0x0/0x13 @ 1
[    7.397827] initcall dw8250_platform_driver_init+0x0/0x13 returned 0 after 221 usecs
[    7.398110] calling  pericom8250_pci_driver_init+0x0/0x1a @ 1
[    7.398966] initcall pericom8250_pci_driver_init+0x0/0x1a returned 0 after 544 usecs
[    7.399270] calling  random_sysctls_init+0x0/0x26 @ 1
[    7.399618] initcall random_sysctls_init+0x0/0x26 returned 0 after 100 usecs
[    7.399891] calling  hpet_init+0x0/0x70 @ 1
[    7.401566] probe of PNP0103:00 returned 19 after 527 usecs
[    7.401847] initcall hpet_init+0x0/0x70 returned 0 after 1812 usecs
[    7.402040] calling  init_tis+0x0/0xda @ 1
[    7.402729] initcall init_tis+0x0/0xda returned 0 after 544 usecs
[    7.402899] calling  crb_acpi_driver_init+0x0/0x11 @ 1
[    7.403345] initcall crb_acpi_driver_init+0x0/0x11 returned 0 after 286 usecs
[    7.403530] calling  cn_proc_init+0x0/0x3a @ 1
[    7.403704] initcall cn_proc_init+0x0/0x3a returned 0 after 13 usecs
[    7.403890] calling  topology_sysfs_init+0x0/0x2c @ 1
[    7.404501] initcall topology_sysfs_init+0x0/0x2c returned 0 after 436 usecs
[    7.404703] calling  cacheinfo_sysfs_init+0x0/0x2c @ 1
[    7.406724] initcall cacheinfo_sysfs_init+0x0/0x2c returned 0 after 1843 usecs
[    7.406950] calling  cxl_core_init+0x0/0x96 @ 1
[    7.407966] initcall cxl_core_init+0x0/0x96 returned 0 after 841 usecs
[    7.408166] calling  cxl_port_driver_init+0x0/0x1a @ 1
[    7.408568] initcall cxl_port_driver_init+0x0/0x1a returned 0 after 216 usecs
[    7.408779] calling  nvme_core_init+0x0/0x1ac @ 1
[    7.414453] initcall nvme_core_init+0x0/0x1ac returned 0 after 5494 usecs
[    7.414680] calling  nvme_init+0x0/0x1a @ 1
[    7.415329] initcall nvme_init+0x0/0x1a returned 0 after 476 usecs
[    7.415527] calling  blackhole_netdev_init+0x0/0x7d @ 1
[    7.415791] initcall blackhole_netdev_init+0x0/0x7d returned 0 after 77 usecs
[    7.416003] calling  i8042_init+0x0/0x618 @ 1
[    7.416716] probe of 00:01 returned 0 after 207 usecs
[    7.417405] probe of 00:02 returned 0 after 208 usecs
[    7.417711] i8042: PNP: PS/2 Controller [PNP0303:KBD,PNP0f13:MOU] at 0x60,0x64 irq 1,12
[    7.419907] serio: i8042 KBD port at 0x60,0x64 irq 1
[    7.420087] serio: i8042 AUX port at 0x60,0x64 irq 12
[    7.423131] probe of i8042 returned 0 after 4167 usecs
[    7.423246] initcall i8042_init+0x0/0x618 returned 0 after 7065 usecs
[    7.423470] calling  input_leds_init+0x0/0x11 @ 1
[    7.423657] initcall input_leds_init+0x0/0x11 returned 0 after 5 usecs
[    7.423861] calling  atkbd_init+0x0/0x26 @ 1
[    7.424398] initcall atkbd_init+0x0/0x26 returned 0 after 360 usecs
[    7.424600] calling  cmos_init+0x0/0x78 @ 1
[    7.432114] input: AT Translated Set 2 keyboard as /devices/platform/i8042/serio0/input/input0
[    7.433604] probe of alarmtimer.0.auto returned 0 after 195 usecs
[    7.434993] rtc_cmos 00:00: registered as rtc0
[    7.435163] rtc_cmos 00:00: setting system clock to 2026-11-22T01:31:17 UTC (1795311077)
[    7.435394] rtc_cmos 00:00: alarms up to one day, 114 bytes nvram, hpet irqs
[    7.435646] probe of 00:00 returned 0 after 10593 usecs
[    7.435952] initcall cmos_init+0x0/0x78 returned 0 after 11176 usecs
[    7.436155] calling  thermal_throttle_init_device+0x0/0x47 @ 1
[    7.436358] initcall thermal_throttle_init_device+0x0/0x47 returned 0 after 1 usecs
[    7.436584] calling  amd_pstate_init+0x0/0x152 @ 1
[    7.436775] initcall amd_pstate_init+0x0/0x152 returned -19 after 1 usecs
[    7.436990] calling  intel_pstate_init+0x0/0x699 @ 1
[    7.437185] initcall intel_pstate_init+0x0/0x699 returned -19 after 2 usecs
[    7.437404] calling  haltpoll_init+0x0/0xc5 @ 1
[    7.437594] initcall haltpoll_init+0x0/0xc5 returned -19 after 2 usecs
[    7.437807] calling  ledtrig_disk_init+0x0/0x58 @ 1
[    7.440673] probe of serio0 returned 0 after 15843 usecs
[    7.441289] initcall ledtrig_disk_init+0x0/0x58 returned 0 after 3288 usecs
[    7.441581] calling  ledtrig_cpu_init+0x0/0xe0 @ 1
[    7.441924] probe of serio1 returned 19 after 1137 usecs
[    7.442298] ledtrig-cpu: registered to indicate activity on CPUs
[    7.442362] initcall ledtrig_cpu_init+0x0/0xe0 returned 0 after 588 usecs
[    7.442581] calling  ledtrig_panic_init+0x0/0x4c @ 1
[    7.442808] initcall ledtrig_panic_init+0x0/0x4c returned 0 after 19 usecs
[    7.443029] calling  dmi_sysfs_init+0x0/0xdd @ 1
[    7.446111] initcall dmi_sysfs_init+0x0/0xdd returned 0 after 2884 usecs
[    7.446414] calling  sysfb_init+0x0/0xdc @ 1
[    7.447599] initcall sysfb_init+0x0/0xdc returned 0 after 990 usecs
[    7.447842] calling  esrt_sysfs_init+0x0/0x2e0 @ 1
[    7.448055] initcall esrt_sysfs_init+0x0/0x2e0 returned -38 after 2 usecs
[    7.448291] calling  sock_diag_init+0x0/0x2f @ 1
[    7.448626] initcall sock_diag_init+0x0/0x2f returned 0 after 109 usecs
[    7.448876] calling  blackhole_init+0x0/0x11 @ 1
[    7.449111] initcall blackhole_init+0x0/0x11 returned 0 after 4 usecs
[    7.449365] calling  fq_codel_module_init+0x0/0x11 @ 1
[    7.449608] initcall fq_codel_module_init+0x0/0x11 returned 0 after 5 usecs
[    7.449870] calling  gre_offload_init+0x0/0x4d @ 1
[    7.450032] initcall gre_offload_init+0x0/0x4d returned 0 after 2 usecs
[    7.450215] calling  sysctl_ipv4_init+0x0/0x4b @ 1
[    7.452952] initcall sysctl_ipv4_init+0x0/0x4b returned 0 after 2497 usecs
[    7.453136] calling  cubictcp_register+0x0/0x72 @ 1
[    7.992189] tsc: Refined TSC clocksource calibration: 50.000 MHz
[    7.992294] clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0xb8812736b, max_idle_ns: 440795202655 ns
[    7.992548] clocksource: Switched to clocksource tsc
[    8.381180] initcall cubictcp_register+0x0/0x72 returned 0 after 927883 usecs
[    8.381390] calling  inet6_init+0x0/0x3a2 @ 1
[    8.390465] NET: Registered PF_INET6 protocol family
[    8.412276] Segment Routing with IPv6
[    8.412888] In-situ OAM (IOAM) with IPv6
[    8.413735] initcall inet6_init+0x0/0x3a2 returned 0 after 32186 usecs
[    8.413943] calling  mip6_init+0x0/0xbd @ 1
[    8.414112] mip6: Mobile IPv6
[    8.414166] initcall mip6_init+0x0/0xbd returned 0 after 53 usecs
[    8.414460] calling  packet_init+0x0/0x7c @ 1
[    8.414935] NET: Registered PF_PACKET protocol family
[    8.415004] initcall packet_init+0x0/0x7c returned 0 after 371 usecs
[    8.415203] calling  strp_dev_init+0x0/0x37 @ 1
[    8.417005] initcall strp_dev_init+0x0/0x37 returned 0 after 1626 usecs
[    8.417207] calling  dcbnl_init+0x0/0x50 @ 1
[    8.417408] initcall dcbnl_init+0x0/0x50 returned 0 after 23 usecs
[    8.417611] calling  pm_check_save_msr+0x0/0xc0 @ 1
[    8.417844] x86/pm: family 0x15 cpu detected, MSR saving is needed during suspending.
[    8.417954] initcall pm_check_save_msr+0x0/0xc0 returned 0 after 113 usecs
[    8.422070] calling  kernel_do_mounts_initrd_sysctls_init+0x0/0x26 @ 1
[    8.422800] initcall kernel_do_mounts_initrd_sysctls_init+0x0/0x26 returned 0 after 484 usecs
[    8.423011] calling  tboot_late_init+0x0/0x39d @ 1
[    8.423184] initcall tboot_late_init+0x0/0x39d returned 0 after 1 usecs
[    8.423379] calling  sld_mitigate_sysctl_init+0x0/0x26 @ 1
[    8.423606] initcall sld_mitigate_sysctl_init+0x0/0x26 returned 0 after 32 usecs
[    8.423847] calling  resctrl_late_init+0x0/0x544 @ 1
[    8.424051] initcall resctrl_late_init+0x0/0x544 returned -19 after 3 usecs
[    8.424277] calling  hpet_insert_resource+0x0/0x27 @ 1
[    8.424498] initcall hpet_insert_resource+0x0/0x27 returned 0 after 6 usecs
[    8.424737] calling  start_sync_check_timer+0x0/0x54 @ 1
[    8.424982] initcall start_sync_check_timer+0x0/0x54 returned 0 after 1 usecs
[    8.425250] calling  lapic_insert_resource+0x0/0x44 @ 1
[    8.425504] initcall lapic_insert_resource+0x0/0x44 returned 0 after 4 usecs
[    8.425777] calling  print_ipi_mode+0x0/0x31 @ 1
[    8.425930] IPI shorthand broadcast: enabled
[    8.425996] initcall print_ipi_mode+0x0/0x31 returned 0 after 65 usecs
[    8.426174] calling  print_ICs+0x0/0x19b @ 1
[    8.426477] initcall print_ICs+0x0/0x19b returned 0 after 1 usecs
[    8.426651] calling  setup_efi_kvm_sev_migration+0x0/0x159 @ 1
[    8.426842] initcall setup_efi_kvm_sev_migration+0x0/0x159 returned 0 after 2 usecs
[    8.427054] calling  create_tlb_single_page_flush_ceiling+0x0/0x2d @ 1
[    8.427436] initcall create_tlb_single_page_flush_ceiling+0x0/0x2d returned 0 after 162 usecs
[    8.427703] calling  pat_memtype_list_init+0x0/0x36 @ 1
[    8.427955] initcall pat_memtype_list_init+0x0/0x36 returned 0 after 49 usecs
[    8.428184] calling  create_init_pkru_value+0x0/0x32 @ 1
[    8.428401] initcall create_init_pkru_value+0x0/0x32 returned 0 after 1 usecs
[    8.428641] calling  kernel_panic_sysctls_init+0x0/0x26 @ 1
[    8.428937] initcall kernel_panic_sysctls_init+0x0/0x26 returned 0 after 55 usecs
[    8.429202] calling  kernel_panic_sysfs_init+0x0/0x21 @ 1
[    8.429467] initcall kernel_panic_sysfs_init+0x0/0x21 returned 0 after 27 usecs
[    8.429731] calling  kernel_exit_sysctls_init+0x0/0x26 @ 1
[    8.430011] initcall kernel_exit_sysctls_init+0x0/0x26 returned 0 after 36 usecs
[    8.430408] calling  kernel_exit_sysfs_init+0x0/0x21 @ 1
[    8.430769] initcall kernel_exit_sysfs_init+0x0/0x21 returned 0 after 119 usecs
[    8.431038] calling  reboot_ksysfs_init+0x0/0x69 @ 1
[    8.431456] initcall reboot_ksysfs_init+0x0/0x69 returned 0 after 171 usecs
[    8.431728] calling  sched_core_sysctl_init+0x0/0x26 @ 1
[    8.431920] initcall sched_core_sysctl_init+0x0/0x26 returned 0 after 32 usecs
[    8.432127] calling  sched_fair_sysctl_init+0x0/0x26 @ 1
[    8.432349] initcall sched_fair_sysctl_init+0x0/0x26 returned 0 after 60 usecs
[    8.432537] calling  sched_rt_sysctl_init+0x0/0x26 @ 1
[    8.432781] initcall sched_rt_sysctl_init+0x0/0x26 returned 0 after 83 usecs
[    8.432967] calling  sched_dl_sysctl_init+0x0/0x26 @ 1
[    8.433202] initcall sched_dl_sysctl_init+0x0/0x26 returned 0 after 73 usecs
[    8.433388] calling  sched_clock_init_late+0x0/0x9b @ 1
[    8.433557] sched_clock: Marking stable (8420044148, 10232441)->(8432730256, -2453667)
[    8.434131] initcall sched_clock_init_late+0x0/0x9b returned 0 after 576 usecs
[    8.434420] calling  sched_init_debug+0x0/0x274 @ 1
[    8.436376] initcall sched_init_debug+0x0/0x274 returned 0 after 1793 usecs
[    8.436587] calling  sched_energy_aware_sysctl_init+0x0/0x26 @ 1
[    8.436806] initcall sched_energy_aware_sysctl_init+0x0/0x26 returned 0 after 44 usecs
[    8.437007] calling  cpu_latency_qos_init+0x0/0x3a @ 1
[    8.438876] initcall cpu_latency_qos_init+0x0/0x3a returned 0 after 1699 usecs
[    8.439094] calling  pm_debugfs_init+0x0/0x28 @ 1
[    8.439306] initcall pm_debugfs_init+0x0/0x28 returned 0 after 49 usecs
[    8.439494] calling  printk_late_init+0x0/0x115 @ 1
[    8.440015] initcall printk_late_init+0x0/0x115 returned 0 after 344 usecs
[    8.440239] calling  init_srcu_module_notifier+0x0/0x2c @ 1
[    8.440438] initcall init_srcu_module_notifier+0x0/0x2c returned 0 after 5 usecs
[    8.440655] calling  swiotlb_create_default_debugfs+0x0/0x71 @ 1
[    8.440907] initcall swiotlb_create_default_debugfs+0x0/0x71 returned 0 after 47 usecs
[    8.441136] calling  tk_debug_sleep_time_init+0x0/0x28 @ 1
[    8.441393] initcall tk_debug_sleep_time_init+0x0/0x28 returned 0 after 48 usecs
[    8.441628] calling  bpf_ksym_iter_register+0x0/0x1d @ 1
[    8.441843] initcall bpf_ksym_iter_register+0x0/0x1d returned 0 after 6 usecs
[    8.442075] calling  kernel_acct_sysctls_init+0x0/0x26 @ 1
[    8.442499] initcall kernel_acct_sysctls_init+0x0/0x26 returned 0 after 118 usecs
[    8.442739] calling  kexec_core_sysctl_init+0x0/0x26 @ 1
[    8.442981] initcall kexec_core_sysctl_init+0x0/0x26 returned 0 after 28 usecs
[    8.443221] calling  bpf_rstat_kfunc_init+0x0/0x16 @ 1
[    8.443448] initcall bpf_rstat_kfunc_init+0x0/0x16 returned 0 after 14 usecs
[    8.443686] calling  debugfs_kprobe_init+0x0/0x76 @ 1
[    8.444539] initcall debugfs_kprobe_init+0x0/0x76 returned 0 after 633 usecs
[    8.444807] calling  kernel_delayacct_sysctls_init+0x0/0x26 @ 1
[    8.445077] initcall kernel_delayacct_sysctls_init+0x0/0x26 returned 0 after 30 usecs
[    8.445342] calling  taskstats_init+0x0/0x3b @ 1
[    8.445713] registered taskstats version 1
[    8.445781] initcall taskstats_init+0x0/0x3b returned 0 after 218 usecs
[    8.446028] calling  ftrace_sysctl_init+0x0/0x21 @ 1
[    8.446372] initcall ftrace_sysctl_init+0x0/0x21 returned 0 after 32 usecs
[    8.446626] calling  bpf_key_sig_kfuncs_init+0x0/0x11 @ 1
[    8.446823] initcall bpf_key_sig_kfuncs_init+0x0/0x11 returned 0 after 31 usecs
[    8.447014] calling  bpf_syscall_sysctl_init+0x0/0x26 @ 1
[    8.447237] initcall bpf_syscall_sysctl_init+0x0/0x26 returned 0 after 54 usecs
[    8.447432] calling  kfunc_init+0x0/0x16 @ 1
[    8.447616] initcall kfunc_init+0x0/0x16 returned 0 after 29 usecs
[    8.447796] calling  bpf_map_iter_init+0x0/0x32 @ 1
[    8.447970] initcall bpf_map_iter_init+0x0/0x32 returned 0 after 11 usecs
[    8.448158] calling  task_iter_init+0x0/0xc9 @ 1
[    8.448338] initcall task_iter_init+0x0/0xc9 returned 0 after 18 usecs
[    8.448546] calling  bpf_prog_iter_init+0x0/0x1d @ 1
[    8.448720] initcall bpf_prog_iter_init+0x0/0x1d returned 0 after 6 usecs
[    8.448911] calling  bpf_link_iter_init+0x0/0x1d @ 1
[    8.449084] initcall bpf_link_iter_init+0x0/0x1d returned 0 after 6 usecs
[    8.449274] calling  init_trampolines+0x0/0x1d @ 1
[    8.449484] initcall init_trampolines+0x0/0x1d returned 0 after 42 usecs
[    8.449677] calling  bpf_cgroup_iter_init+0x0/0x1d @ 1
[    8.449855] initcall bpf_cgroup_iter_init+0x0/0x1d returned 0 after 6 usecs
[    8.450051] calling  load_system_certificate_list+0x0/0x2b @ 1
[    8.450355] Loading compiled-in X.509 certificates
[    8.544586] Loaded X.509 cert 'Build time autogenerated kernel key: cf735cef1ccc1ecba7c5d88fb5dbfe93524668e2'
[    8.544680] initcall load_system_certificate_list+0x0/0x2b returned 0 after 94324 usecs
[    8.544918] calling  init_lru_gen+0x0/0x67 @ 1
[    8.545258] initcall init_lru_gen+0x0/0x67 returned 0 after 165 usecs
[    8.545458] calling  fault_around_debugfs+0x0/0x28 @ 1
[    8.545704] initcall fault_around_debugfs+0x0/0x28 returned 0 after 50 usecs
[    8.545925] calling  max_swapfiles_check+0x0/0xc @ 1
[    8.546141] initcall max_swapfiles_check+0x0/0xc returned 0 after 1 usecs
[    8.546473] calling  hugetlb_vmemmap_init+0x0/0x69 @ 1
[    8.547029] initcall hugetlb_vmemmap_init+0x0/0x69 returned 0 after 335 usecs
[    8.547297] calling  split_huge_pages_debugfs+0x0/0x28 @ 1
[    8.547580] initcall split_huge_pages_debugfs+0x0/0x28 returned 0 after 49 usecs
[    8.547838] calling  check_early_ioremap_leak+0x0/0x3d @ 1
[    8.548077] initcall check_early_ioremap_leak+0x0/0x3d returned 0 after 2 usecs
[    8.548338] calling  set_hardened_usercopy+0x0/0x24 @ 1
[    8.548578] initcall set_hardened_usercopy+0x0/0x24 returned 1 after 1 usecs
[    8.548841] calling  fscrypt_init+0x0/0x83 @ 1
[    8.551503] Key type .fscrypt registered
[    8.551570] Key type fscrypt-provisioning registered
[    8.551639] initcall fscrypt_init+0x0/0x83 returned 0 after 2642 usecs
[    8.551843] calling  fsverity_init+0x0/0x59 @ 1
[    8.553820] initcall fsverity_init+0x0/0x59 returned 0 after 1819 usecs
[    8.554026] calling  pstore_init+0x0/0x90 @ 1
[    8.554328] initcall pstore_init+0x0/0x90 returned 0 after 121 usecs
[    8.554534] calling  init_root_keyring+0x0/0xe @ 1
[    8.555668] initcall init_root_keyring+0x0/0xe returned 0 after 943 usecs
[    8.555907] calling  init_encrypted+0x0/0xca @ 1
[    8.563166] Key type encrypted registered
[    8.563231] initcall init_encrypted+0x0/0xca returned 0 after 7133 usecs
[    8.563447] calling  init_profile_hash+0x0/0x7a @ 1
[    8.563684] AppArmor: AppArmor sha1 policy hashing enabled
[    8.563757] initcall init_profile_hash+0x0/0x7a returned 0 after 99 usecs
[    8.563992] calling  integrity_fs_init+0x0/0x4b @ 1
[    8.564254] initcall integrity_fs_init+0x0/0x4b returned 0 after 48 usecs
[    8.564493] calling  load_uefi_certs+0x0/0x3cb @ 1
[    8.564726] initcall load_uefi_certs+0x0/0x3cb returned 0 after 14 usecs
[    8.564991] calling  init_ima+0x0/0xb1 @ 1
[    8.565223] ima: No TPM chip found, activating TPM-bypass!
[    8.565310] ima: Allocated hash algorithm: sha256
[    8.565800] ima: No architecture policies found
[    8.567190] initcall init_ima+0x0/0xb1 returned 0 after 1985 usecs
[    8.567430] calling  init_evm+0x0/0x13b @ 1
[    8.567649] evm: Initialising EVM extended attributes:
[    8.567706] evm: security.selinux
[    8.567773] evm: security.SMACK64 (disabled)
[    8.567845] evm: security.SMACK64EXEC (disabled)
[    8.567918] evm: security.SMACK64TRANSMUTE (disabled)
[    8.567994] evm: security.SMACK64MMAP (disabled)
[    8.568068] evm: security.apparmor
[    8.568135] evm: security.ima
[    8.568200] evm: security.capability
[    8.568268] evm: HMAC attrs: 0x1
[    8.568474] initcall init_evm+0x0/0x13b returned 0 after 825 usecs
[    8.568719] calling  crypto_algapi_init+0x0/0x7e @ 1
[    8.581273] initcall crypto_algapi_init+0x0/0x7e returned 0 after 12322 usecs
[    8.581530] calling  blk_timeout_init+0x0/0x17 @ 1
[    8.581769] initcall blk_timeout_init+0x0/0x17 returned 0 after 1 usecs
[    8.582030] calling  pci_resource_alignment_sysfs_init+0x0/0x18 @ 1
[    8.582458] initcall pci_resource_alignment_sysfs_init+0x0/0x18 returned 0 after 249 usecs
[    8.582662] calling  pci_sysfs_init+0x0/0x6c @ 1
[    8.583250] initcall pci_sysfs_init+0x0/0x6c returned 0 after 431 usecs
[    8.583433] calling  bert_init+0x0/0x286 @ 1
[    8.583651] initcall bert_init+0x0/0x286 returned 0 after 7 usecs
[    8.583885] calling  setup_vcpu_hotplug_event+0x0/0x2f @ 1
[    8.584119] initcall setup_vcpu_hotplug_event+0x0/0x2f returned -19 after 1 usecs
[    8.584400] calling  boot_wait_for_devices+0x0/0x2d @ 1
[    8.584635] initcall boot_wait_for_devices+0x0/0x2d returned -19 after 1 usecs
[    8.584894] calling  dmar_free_unused_resources+0x0/0xcd @ 1
[    8.585064] initcall dmar_free_unused_resources+0x0/0xcd returned 0 after 2 usecs
[    8.585256] calling  sync_state_resume_initcall+0x0/0x20 @ 1
[    8.585496] initcall sync_state_resume_initcall+0x0/0x20 returned 0 after 3 usecs
[    8.585758] calling  deferred_probe_initcall+0x0/0x90 @ 1
[    8.586712] initcall deferred_probe_initcall+0x0/0x90 returned 0 after 779 usecs
[    8.586913] calling  hmem_init+0x0/0x2b @ 1
[    8.587093] initcall hmem_init+0x0/0x2b returned 0 after 12 usecs
[    8.587287] calling  firmware_memmap_init+0x0/0x37 @ 1
[    8.588459] initcall firmware_memmap_init+0x0/0x37 returned 0 after 967 usecs
[    8.588712] calling  register_update_efi_random_seed+0x0/0x22 @ 1
[    8.588936] initcall register_update_efi_random_seed+0x0/0x22 returned 0 after 1 usecs
[    8.589182] calling  efi_shutdown_init+0x0/0x48 @ 1
[    8.589392] initcall efi_shutdown_init+0x0/0x48 returned -19 after 1 usecs
[    8.589625] calling  efi_earlycon_unmap_fb+0x0/0x2a @ 1
[    8.589849] initcall efi_earlycon_unmap_fb+0x0/0x2a returned 0 after 1 usecs
[    8.590095] calling  bpf_sockmap_iter_init+0x0/0x1d @ 1
[    8.590658] initcall bpf_sockmap_iter_init+0x0/0x1d returned 0 after 112 usecs
[    8.590919] calling  bpf_sk_storage_map_iter_init+0x0/0x1d @ 1
[    8.591168] initcall bpf_sk_storage_map_iter_init+0x0/0x1d returned 0 after 6 usecs
[    8.591435] calling  sch_default_qdisc+0x0/0x11 @ 1
[    8.591679] initcall sch_default_qdisc+0x0/0x11 returned 0 after 9 usecs
[    8.591937] calling  bpf_prog_test_run_init+0x0/0x9a @ 1
[    8.592844] initcall bpf_prog_test_run_init+0x0/0x9a returned 0 after 666 usecs
[    8.593133] calling  tcp_congestion_default+0x0/0x18 @ 1
[    8.593385] initcall tcp_congestion_default+0x0/0x18 returned 0 after 4 usecs
[    8.593656] calling  inet_blackhole_dev_init+0x0/0x31 @ 1
[    8.593988] initcall inet_blackhole_dev_init+0x0/0x31 returned 0 after 171 usecs
[    8.594197] calling  tcp_bpf_v4_build_proto+0x0/0x97 @ 1
[    8.594598] initcall tcp_bpf_v4_build_proto+0x0/0x97 returned 0 after 11 usecs
[    8.594790] calling  udp_bpf_v4_build_proto+0x0/0x45 @ 1
[    8.594961] initcall udp_bpf_v4_build_proto+0x0/0x45 returned 0 after 4 usecs
[    8.595151] calling  bpf_tcp_ca_kfunc_init+0x0/0x16 @ 1
[    8.595585] initcall bpf_tcp_ca_kfunc_init+0x0/0x16 returned 0 after 267 usecs
[    8.595778] calling  pci_mmcfg_late_insert_resources+0x0/0x54 @ 1
[    8.595990] initcall pci_mmcfg_late_insert_resources+0x0/0x54 returned 0 after 1 usecs
[    8.596223] calling  software_resume+0x0/0x40 @ 1
[    8.596432] initcall software_resume+0x0/0x40 returned -2 after 4 usecs
[    8.596660] calling  ftrace_check_sync+0x0/0x18 @ 1
[    8.596941] initcall ftrace_check_sync+0x0/0x18 returned 0 after 54 usecs
[    8.597193] calling  latency_fsnotify_init+0x0/0x39 @ 1
[    8.597613] initcall latency_fsnotify_init+0x0/0x39 returned 0 after 177 usecs
[    8.597882] calling  trace_eval_sync+0x0/0x18 @ 1
[    8.598169] initcall trace_eval_sync+0x0/0x18 returned 0 after 51 usecs
[    8.598586] calling  late_trace_init+0x0/0x9c @ 1
[    8.598823] initcall late_trace_init+0x0/0x9c returned 0 after 2 usecs
[    8.599082] calling  balloon_wait_finish+0x0/0xed @ 1
[    8.599311] initcall balloon_wait_finish+0x0/0xed returned -19 after 1 usecs
[    8.748498] Freeing unused decrypted memory: 2036K
[    8.776639] Freeing unused kernel image (initmem) memory: 2612K
[    8.776855] Write protecting the kernel read-only data: 26624k
[    8.818518] Freeing unused kernel image (text/rodata gap) memory: 2040K
[    8.836925] Freeing unused kernel image (rodata/data gap) memory: 1892K
[    8.936170] x86/mm: Checked W+X mappings: passed, no W+X pages found.
[    8.936512] Run /init as init process
[    8.936573]   with arguments:
[    8.936642]     /init
[    8.936716]     nokaslr
[    8.936792]   with environment:
[    8.936861]     HOME=/
[    8.936936]     TERM=linux
[    8.937012]     LAB_CHANNEL=/dev/ttyS2
[    8.937094]     LAB_TERMINAL=/dev/ttyS3
[   10.469657] calling  libnvdimm_init+0x0/0x42 [libnvdimm] @ 83
[   10.472990] initcall libnvdimm_init+0x0/0x42 [libnvdimm] returned 0 after 1756 usecs
[   10.610996] calling  e820_pmem_driver_init+0x0/0x1000 [nd_e820] @ 84
[   10.612951] probe of ndbus0 returned 0 after 1092 usecs
[   10.615676] probe of region0 returned 0 after 1273 usecs
[   10.618291] probe of e820_pmem returned 0 after 6889 usecs
[   10.618696] initcall e820_pmem_driver_init+0x0/0x1000 [nd_e820] returned 0 after 7367 usecs
[   10.864992] calling  nd_btt_init+0x0/0x1000 [nd_btt] @ 85
[   10.865442] initcall nd_btt_init+0x0/0x1000 [nd_btt] returned 0 after 46 usecs
[   11.084439] calling  nd_pmem_driver_init+0x0/0x1000 [nd_pmem] @ 86
[   11.086048] nd_pmem namespace0.0: unable to guarantee persistence of writes
[   11.164842] probe of namespace0.0 returned 0 after 79941 usecs
[   11.165064] probe of btt0.0 returned 19 after 104 usecs
[   11.165284] probe of pfn0.0 returned 19 after 105 usecs
[   11.165664] initcall nd_pmem_driver_init+0x0/0x1000 [nd_pmem] returned 0 after 80835 usecs
[   12.240817] calling  ovl_init+0x0/0x6c [overlay] @ 87
[   12.243187] initcall ovl_init+0x0/0x6c [overlay] returned 0 after 1483 usecs
[   12.275006] EXT4-fs (pmem0): mounted filesystem without journal. Quota mode: none.
[   12.505129] bfdriver: loading out-of-tree module taints kernel.
[   12.506958] bfdriver: module verification failed: signature and/or required key missing - tainting kernel
[   12.525054] calling  bfdriver_init+0x0/0x1000 [bfdriver] @ 100
[   12.526718] initcall bfdriver_init+0x0/0x1000 [bfdriver] returned 0 after 1203 usecs
