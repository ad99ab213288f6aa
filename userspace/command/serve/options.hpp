// SPDX-License-Identifier: GPL-2.0-or-later
// What `hoodtrace serve` was asked for; plain data.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "view/serve/server.hpp"

namespace hoodtrace {

// What serve counts, as typed by a user. sched is always counted: its hook finds the slots.
inline constexpr std::array<std::string_view, 5> kServeFamilies = {"sched", "procs", "faults",
                                                                   "cache", "disk"};

// "sched, faults"
inline std::string serve_family_words() {
  std::string words;
  for (const std::string_view family : kServeFamilies)
    words.append(words.empty() ? "" : ", ").append(family);
  return words;
}

struct ServeOptions {
  ListenAddress listen;
  std::vector<std::string> families;  // empty = all that there are
  std::size_t max_units = 200;
  bool pairs = true;  // who waited behind whom
};

}  // namespace hoodtrace
