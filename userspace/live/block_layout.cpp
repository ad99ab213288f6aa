// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/block_layout.hpp"

#include <bpf/btf.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "live/block_layers.hpp"
#include "live/kernel_symbols.hpp"
#include "live/kernel_types.hpp"

namespace hoodtrace {
namespace {

struct BtfFree {
  void operator()(btf* object) const { btf__free(object); }
};

constexpr std::array kTypes = {
    KernelTypes::Name{BTF_KIND_STRUCT, "btrfs_bio"},
    KernelTypes::Name{BTF_KIND_STRUCT, "btrfs_inode"},
};

// Before "block: Use enum to define RQF_x bit indexes" (6.12) they were macros, these since 4.13.
constexpr std::uint32_t kOldFlushSeq = 1U << 4;
constexpr std::uint32_t kOldIoStat = 1U << 13;

// The bits are enumerators of an enum that has no name in some kernels (rqf_flags in 6.18).
void read_request_flags(const btf* types, BlockLayout& layout) {
  layout.rqf_flush_seq = kOldFlushSeq;
  layout.rqf_io_stat = kOldIoStat;
  const __u32 count = btf__type_cnt(types);
  for (__u32 id = 1; id < count; id++) {
    const btf_type* type = btf__type_by_id(types, id);
    if (btf_kind(type) != BTF_KIND_ENUM || btf_vlen(type) == 0) continue;
    const auto name_of = [types](const struct btf_enum& one) -> std::string_view {
      return btf__name_by_offset(types, one.name_off);
    };
    if (!name_of(btf_enum(type)[0]).starts_with("__RQF_")) continue;
    for (int i = 0; i < btf_vlen(type); i++) {
      const struct btf_enum& one = btf_enum(type)[i];
      if (name_of(one) == "__RQF_FLUSH_SEQ") layout.rqf_flush_seq = 1U << one.val;
      if (name_of(one) == "__RQF_IO_STAT") layout.rqf_io_stat = 1U << one.val;
    }
    return;
  }
}

bool find_btrfs_bio(const KernelTypes& found, BlockLayout& layout) {
  const auto bio = found.offset("btrfs_bio", "bio");
  const auto inode = found.offset("btrfs_bio", "inode");
  const auto offset = found.offset("btrfs_bio", "file_offset");
  const auto vfs_inode = found.offset("btrfs_inode", "vfs_inode");
  if (!bio || !inode || !offset || !vfs_inode) return false;
  layout.btrfs_bio = static_cast<std::uint32_t>(*bio);
  layout.btrfs_bio_inode = static_cast<std::uint32_t>(*inode);
  layout.btrfs_bio_offset = static_cast<std::uint32_t>(*offset);
  layout.btrfs_vfs_inode = static_cast<std::uint32_t>(*vfs_inode);
  return true;
}

}  // namespace

BlockLayout find_request_flags(const btf* types) {
  BlockLayout layout;
  read_request_flags(types, layout);
  return layout;
}

BlockLayout find_block_layout(btf* types, bool modules) {
  BlockLayout layout = find_request_flags(types);
  bool has_btrfs = find_btrfs_bio(KernelTypes(types, kTypes), layout);
  if (!has_btrfs && modules) {
    const std::unique_ptr<btf, BtfFree> module(btf__parse_split("/sys/kernel/btf/btrfs", types));
    has_btrfs = module != nullptr && find_btrfs_bio(KernelTypes(module.get(), kTypes), layout);
  }
  const KernelSymbols symbols = KernelSymbols::read();
  layout.bio_chain_end_io = symbols.address_of("bio_chain_endio");
  layout.iomap_end_io = symbols.address_of("iomap_dio_bio_end_io");
  if (has_btrfs) layout.btrfs_end_io = symbols.address_of("btrfs_simple_end_io");
  layout.layers = find_block_layers(types, modules, symbols);
  return layout;
}

}  // namespace hoodtrace
