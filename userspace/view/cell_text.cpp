// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/cell_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {

std::string cell_text(const Cell& cell, Unit unit) {
  struct ToText {
    Unit unit;
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::uint64_t value) const {
      if (unit == Unit::kNs) return value == 0 ? "0" : format_duration(value);
      if (unit == Unit::kBytes) return value == 0 ? "0" : format_bytes(value);
      return fmt::format("{}", value);
    }
    std::string operator()(std::int64_t value) const {
      if (unit != Unit::kNs || value == 0) return fmt::format("{}", value);
      const auto size =
          value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
      return (value < 0 ? "-" : "") + format_duration(size);
    }
    std::string operator()(double value) const {
      return unit == Unit::kShare ? fmt::format("{:.1f} %", 100 * value)
                                  : fmt::format("{:.2f}", value);
    }
    std::string operator()(const std::string& text) const { return printable(text); }
  };
  return std::visit(ToText{unit}, cell);
}

}  // namespace hoodtrace
