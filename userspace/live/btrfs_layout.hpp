// Where a btrfs inode keeps its subvolume's device number. btrfs may be a module: CO-RE would look
// for its types in the BTF of every module, by a system call that takes CAP_SYS_ADMIN. The module's
// own file in /sys/kernel/btf takes nothing.
#pragma once

#include "probe/features.hpp"

struct btf;

namespace hoodtrace {

// `types` are the kernel's; `modules`: they are those of the running kernel, so that its modules'
// fit. btrfs that is loaded later is not known: its subvolumes all have the file system's number.
BtrfsLayout find_btrfs_layout(btf* types, bool modules);

}  // namespace hoodtrace
