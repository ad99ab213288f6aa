// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/renderer.hpp"

#include "output/csv.hpp"
#include "output/json.hpp"
#include "output/text_table.hpp"

namespace hoodtrace {

std::unique_ptr<Renderer> make_renderer(Format format, const TextStyle& style) {
  switch (format) {
    case Format::kJson:
      return std::make_unique<JsonRenderer>();
    case Format::kCsv:
      return std::make_unique<CsvRenderer>();
    case Format::kText:
      break;
  }
  return std::make_unique<TextRenderer>(style);
}

}  // namespace hoodtrace
