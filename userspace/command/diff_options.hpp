// SPDX-License-Identifier: GPL-2.0-or-later
// What `hoodtrace diff` was asked for; plain data.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

// Of --per; the last one is followed by a system call.
inline constexpr std::array<std::string_view, 4> kDiffWorkWords = {"second", "fork", "exec",
                                                                   "request="};

struct DiffOptions {
  std::vector<std::string> recordings;  // A and B
  std::vector<std::string> a;           // patterns of names
  std::vector<std::string> b;
  std::string per = "second";  // the unit of work
  std::vector<std::string> gates;
  double confidence = 0.95;
  std::string html;  // write a page there
};

}  // namespace hoodtrace
