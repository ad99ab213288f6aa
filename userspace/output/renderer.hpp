// SPDX-License-Identifier: GPL-2.0-or-later
// Prints reports: as text for a person, as JSON lines, or as CSV.
#pragma once

#include <memory>
#include <string>

#include "view/report.hpp"

namespace hoodtrace {

enum class Format { kText, kJson, kCsv };

struct TextStyle {
  std::size_t width = 0;  // columns of the terminal; 0 = no terminal, any width
  bool color = false;
};

class Renderer {
 public:
  Renderer() = default;
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;
  virtual ~Renderer() = default;

  // The report's bytes, ready to write.
  virtual std::string render(const Report& report) = 0;
};

std::unique_ptr<Renderer> make_renderer(Format format, const TextStyle& style);

}  // namespace hoodtrace
