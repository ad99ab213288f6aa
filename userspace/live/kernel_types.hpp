// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the types that we need in the kernel's BTF, all in one pass. libbpf's look-up by name goes
// through its 150 000 types each time, which takes a millisecond or two.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

struct btf;

namespace hoodtrace {

class KernelTypes {
 public:
  struct Name {
    unsigned kind;  // BTF_KIND_*
    std::string_view name;
  };

  // The names are those of `wanted`; whatever they point to must outlive this, as must `types`.
  KernelTypes(const btf* types, std::span<const Name> wanted);

  // 0 = the kernel has none, or it was not asked for. Of several of a name the first.
  [[nodiscard]] std::uint32_t id(unsigned kind, std::string_view name) const;
  // Of a member of a structure, or of what has no name in it; in bytes.
  [[nodiscard]] std::optional<std::int32_t> offset(std::string_view structure,
                                                   std::string_view member) const;
  [[nodiscard]] const btf* types() const { return types_; }

 private:
  struct Place {
    unsigned kind;
    std::uint32_t id;
  };

  const btf* types_;
  std::unordered_multimap<std::string_view, Place> places_;
};

}  // namespace hoodtrace
