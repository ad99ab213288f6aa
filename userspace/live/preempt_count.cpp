// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/preempt_count.hpp"

#include <bpf/btf.h>

#include <optional>
#include <string_view>

namespace hoodtrace {
namespace {

// include/linux/preempt.h: HARDIRQ_MASK and NMI_MASK. Where the count has 64 bits (seen in 7.3), 8 bits
// that count disabled interrupts lie below them.
constexpr std::uint32_t kHardirqMask = 0x00ff0000;
constexpr std::uint32_t kHardirqMaskOfLong = 0x1f000000;

// The offset, in bytes, of a member of a struct or of what has no name in it.
std::optional<std::uint32_t> member_offset(const btf* types, std::uint32_t id,
                                           std::string_view name) {
  const btf_type* type = btf__type_by_id(types, id);
  if (type == nullptr || !btf_is_composite(type)) return std::nullopt;
  const btf_member* members = btf_members(type);
  for (std::uint32_t i = 0; i < btf_vlen(type); i++) {
    const std::uint32_t at = btf_member_bit_offset(type, i) / 8;
    const std::string_view member = btf__name_by_offset(types, members[i].name_off);
    if (member == name) return at;
    if (!member.empty()) continue;
    if (const auto below = member_offset(types, members[i].type, name)) return at + *below;
  }
  return std::nullopt;
}

}  // namespace

PreemptCount find_preempt_count(const btf* types) {
  std::optional<std::int64_t> queues;
  std::optional<std::int64_t> count;
  std::uint32_t mask = kHardirqMask;
  for (std::uint32_t id = btf__type_cnt(types); id-- > 1;) {
    const btf_type* section = btf__type_by_id(types, id);
    if (!btf_is_datasec(section)) continue;
    const btf_var_secinfo* variables = btf_var_secinfos(section);
    for (std::uint32_t i = 0; i < btf_vlen(section); i++) {
      const btf_type* variable = btf__type_by_id(types, variables[i].type);
      const std::string_view name = btf__name_by_offset(types, variable->name_off);
      if (name == "runqueues") queues = variables[i].offset;
      if (name == "__preempt_count") {
        count = variables[i].offset;
        if (variables[i].size == sizeof(std::uint64_t)) mask = kHardirqMaskOfLong;
      }
      if (name != "pcpu_hot") continue;
      if (const auto member = member_offset(types, variable->type, "preempt_count"))
        count = variables[i].offset + *member;
    }
    if (queues && count) return {*count - *queues, mask};
    queues.reset();
    count.reset();
  }
  return {};
}

}  // namespace hoodtrace
