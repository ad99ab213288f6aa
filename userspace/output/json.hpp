// SPDX-License-Identifier: GPL-2.0-or-later
// One JSON object per report, on one line. Schema "hoodtrace.<command>/1"; times are integers in
// nanoseconds; always valid UTF-8.
#pragma once

#include "output/renderer.hpp"

namespace hoodtrace {

// One line, valid UTF-8, nothing raw in it that a terminal obeys: how all JSON of ours is written.
std::string json_line(const Json& object);

class JsonRenderer : public Renderer {
 public:
  std::string render(const Report& report) override;
};

}  // namespace hoodtrace
