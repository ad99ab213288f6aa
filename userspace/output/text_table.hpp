// SPDX-License-Identifier: GPL-2.0-or-later
// Reports for a person: what is traced, aligned tables, findings, losses.
#pragma once

#include "output/renderer.hpp"

namespace hoodtrace {

class TextRenderer : public Renderer {
 public:
  explicit TextRenderer(const TextStyle& style) : style_(style) {}
  std::string render(const Report& report) override;

 private:
  std::string table(const Table& table) const;
  [[nodiscard]] std::string strong(const std::string& text) const;
  [[nodiscard]] std::string alarm(const std::string& text) const;
  [[nodiscard]] std::string faint(const std::string& text) const;

  TextStyle style_;
};

}  // namespace hoodtrace
