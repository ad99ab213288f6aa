// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/btrfs_layout.hpp"

#include <bpf/btf.h>

#include <memory>

namespace hoodtrace {
namespace {

struct BtfFree {
  void operator()(btf* object) const { btf__free(object); }
};

BtrfsLayout layout_in(const KernelTypes& found) {
  const auto vfs_inode = found.offset("btrfs_inode", "vfs_inode");
  const auto inode_root = found.offset("btrfs_inode", "root");
  const auto anon_dev = found.offset("btrfs_root", "anon_dev");
  if (!vfs_inode || !inode_root || !anon_dev) return {};
  return {*inode_root - *vfs_inode, static_cast<std::uint32_t>(*anon_dev)};
}

}  // namespace

BtrfsLayout find_btrfs_layout(const KernelTypes& kernel, btf* types, bool modules) {
  const BtrfsLayout built_in = layout_in(kernel);
  if (built_in.anon_dev != 0 || !modules) return built_in;
  const std::unique_ptr<btf, BtfFree> module(btf__parse_split("/sys/kernel/btf/btrfs", types));
  return module == nullptr ? BtrfsLayout{} : layout_in(KernelTypes(module.get(), kBtrfsTypes));
}

}  // namespace hoodtrace
