// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/cell_json.hpp"

#include "base/text.hpp"

namespace hoodtrace {

Json to_json(const Cell& cell) {
  struct Convert {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return valid_utf8(text); }
    Json operator()(std::uint64_t value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
  };
  return std::visit(Convert{}, cell);
}

}  // namespace hoodtrace
