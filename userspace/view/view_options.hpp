// SPDX-License-Identifier: GPL-2.0-or-later
// How the user wants to see a view.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace hoodtrace {

enum class Grouping { kThread, kProcess, kComm, kCgroup, kCpu, kMapping, kAddress };

struct ViewOptions {
  Grouping by = Grouping::kThread;
  std::string sort;                // a column's key; empty = the view's own order
  std::optional<std::size_t> top;  // rows; 0 = all; unset = all but in a text table
  bool histogram = false;
  bool json = false;  // the JSON body is wanted, and the tables are not
  bool text = false;  // for a person: tables are cut to `top`
};

}  // namespace hoodtrace
