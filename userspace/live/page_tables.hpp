// SPDX-License-Identifier: GPL-2.0-or-later
// How a BPF program can read the page tables of this kernel.
#pragma once

#include <linux/btf.h>

#include <array>

#include "live/kernel_types.hpp"
#include "probe/features.hpp"

namespace hoodtrace {

// The types needed from the kernel's BTF.
inline constexpr std::array kPageTableTypes = {
    KernelTypes::Name{BTF_KIND_STRUCT, "task_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "mm_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "vm_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "page"},
    KernelTypes::Name{BTF_KIND_FUNC, "bpf_rdonly_cast"},
};

// `kernel` was made with kPageTableTypes. Runs a BPF program once, some milliseconds. direct_map
// is 0 where they cannot be read: not x86-64, no bpf_rdonly_cast (before 6.2), Xen's kind of
// tables, or no right to load programs.
PageTables find_page_tables(const KernelTypes& kernel);

}  // namespace hoodtrace
