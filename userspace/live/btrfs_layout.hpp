// SPDX-License-Identifier: GPL-2.0-or-later
// Where a btrfs inode has its subvolume's device number. btrfs may be a module, and CO-RE searches
// the BTF of every module by a system call that needs CAP_SYS_ADMIN. The module's own file in
// /sys/kernel/btf can be read without.
#pragma once

#include <linux/btf.h>

#include <array>

#include "live/kernel_types.hpp"
#include "probe/features.hpp"

namespace hoodtrace {

// The types needed from the kernel's BTF.
inline constexpr std::array kBtrfsTypes = {
    KernelTypes::Name{BTF_KIND_STRUCT, "btrfs_inode"},
    KernelTypes::Name{BTF_KIND_STRUCT, "btrfs_root"},
};

// `kernel` was made with kBtrfsTypes from `types`. `modules`: the types are those of the running
// kernel, so the BTF of its modules fits. If btrfs is loaded later, its subvolumes all have the
// file system's device number.
BtrfsLayout find_btrfs_layout(const KernelTypes& kernel, btf* types, bool modules);

}  // namespace hoodtrace
