/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test only: one global per ABI struct, so that this object's BTF holds how the BPF compiler lays
 * each of them out. The ABI test compares that with the C++ compiler's offsetof.
 */
#include "faults/direct_map.h"
#include "events.h"
#include "settings.h"

#define HT_EVENT_GLOBAL(id, NAME, type) struct type abi_##type;
HT_EVENTS(HT_EVENT_GLOBAL)
struct ht_settings abi_ht_settings;
struct ht_cpu_state abi_ht_cpu_state;
struct ht_run abi_ht_run;
struct ht_switch_ring abi_ht_switch_ring;
struct ht_fault_ring abi_ht_fault_ring;
struct ht_waking_ring abi_ht_waking_ring;
struct ht_direct_map_search abi_ht_direct_map_search;
struct ht_direct_map_result abi_ht_direct_map_result;
