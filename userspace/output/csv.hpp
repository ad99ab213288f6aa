// SPDX-License-Identifier: GPL-2.0-or-later
// The report's tables as CSV (RFC 4180): a line of keys, then a line per row; nothing for what was
// not measured. Losses and the audit follow as comment lines that begin with '#'.
#pragma once

#include "output/renderer.hpp"

namespace hoodtrace {

class CsvRenderer : public Renderer {
 public:
  std::string render(const Report& report) override;

 private:
  bool first_ = true;
};

}  // namespace hoodtrace
