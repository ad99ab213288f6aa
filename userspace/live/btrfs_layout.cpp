#include "live/btrfs_layout.hpp"

#include <bpf/btf.h>

#include <memory>
#include <optional>
#include <string_view>

namespace hoodtrace {
namespace {

struct BtfFree {
  void operator()(btf* object) const { btf__free(object); }
};

// In bytes, from the structure's start; looks into unnamed ones too.
std::optional<std::int32_t> offset_in(const btf* types, const btf_type* structure,
                                      std::string_view member) {
  for (int i = 0; i < btf_vlen(structure); i++) {
    const btf_member& field = btf_members(structure)[i];
    const auto at = static_cast<std::int32_t>(btf_member_bit_offset(structure, i) / 8);
    if (member == btf__name_by_offset(types, field.name_off)) return at;
    const btf_type* inner = btf__type_by_id(types, field.type);
    if (field.name_off != 0 || inner == nullptr || !btf_is_composite(inner)) continue;
    if (const auto deeper = offset_in(types, inner, member)) return at + *deeper;
  }
  return std::nullopt;
}

BtrfsLayout layout_in(const KernelTypes& found) {
  const btf* types = found.types();
  const std::uint32_t inode = found.id(BTF_KIND_STRUCT, "btrfs_inode");
  const std::uint32_t root = found.id(BTF_KIND_STRUCT, "btrfs_root");
  if (inode == 0 || root == 0) return {};
  const btf_type* inode_type = btf__type_by_id(types, inode);
  const auto vfs_inode = offset_in(types, inode_type, "vfs_inode");
  const auto inode_root = offset_in(types, inode_type, "root");
  const auto anon_dev = offset_in(types, btf__type_by_id(types, root), "anon_dev");
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
