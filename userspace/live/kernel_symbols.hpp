// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's functions by address, from /proc/kallsyms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

class KernelSymbols {
 public:
  // Knows no function.
  KernelSymbols() = default;

  // Takes some 50 ms: longer than a busy CPU's ring holds, so it is done before tracing begins. The
  // caller needs the privilege to see addresses (kptr_restrict, kallsyms_show_value()); without it,
  // or without the file, no function is known.
  static KernelSymbols read();

  // The function that contains the address; empty when none is known.
  [[nodiscard]] std::string_view name_of(std::uint64_t address) const;
  // Of a function; 0 = none of that name is known. Of several the one at the lowest address.
  [[nodiscard]] std::uint64_t address_of(std::string_view name) const;

 private:
  struct Symbol {
    std::uint64_t address;
    std::uint32_t name;  // where it begins in names_; it ends with NUL
  };

  void add_line(std::string_view line);

  std::vector<Symbol> symbols_;  // functions, by address
  std::string names_;
};

}  // namespace hoodtrace
