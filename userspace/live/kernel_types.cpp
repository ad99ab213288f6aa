// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/kernel_types.hpp"

#include <bpf/btf.h>

#include <bitset>

namespace hoodtrace {
namespace {

// Most names of the kernel differ from all that are wanted in their first two letters already.
std::size_t start_of(const char* name) {
  return static_cast<unsigned char>(name[0]) * 256U +
         (name[0] == '\0' ? 0U : static_cast<unsigned char>(name[1]));
}

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

}  // namespace

KernelTypes::KernelTypes(const btf* types, std::span<const Name> wanted) : types_(types) {
  std::bitset<65536> starts;
  unsigned kinds = 0;
  for (const Name& one : wanted) {
    places_.insert({one.name, {one.kind, 0}});
    starts.set(start_of(std::string(one.name).c_str()));
    kinds |= 1U << one.kind;
  }
  const __u32 count = btf__type_cnt(types);
  for (__u32 id = 1; id < count; id++) {
    const btf_type* type = btf__type_by_id(types, id);
    const unsigned kind = btf_kind(type);
    if ((kinds >> kind & 1U) == 0) continue;
    const char* name = btf__name_by_offset(types, type->name_off);
    if (!starts.test(start_of(name))) continue;
    const auto [first, last] = places_.equal_range(name);
    for (auto place = first; place != last; ++place)
      if (place->second.kind == kind && place->second.id == 0) place->second.id = id;
  }
}

std::uint32_t KernelTypes::id(unsigned kind, std::string_view name) const {
  const auto [first, last] = places_.equal_range(name);
  for (auto place = first; place != last; ++place)
    if (place->second.kind == kind) return place->second.id;
  return 0;
}

std::optional<std::int32_t> KernelTypes::offset(std::string_view structure,
                                                std::string_view member) const {
  const std::uint32_t found = id(BTF_KIND_STRUCT, structure);
  if (found == 0) return std::nullopt;
  return offset_in(types_, btf__type_by_id(types_, found), member);
}

}  // namespace hoodtrace
