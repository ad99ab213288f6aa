// SPDX-License-Identifier: GPL-2.0-or-later
// Which families a recording has: as its session says, or, in an older one, as its records show.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/event.hpp"
#include "probe/trace_request.hpp"

namespace hoodtrace {

class RecordedFamilies {
 public:
  void on_event(const Event& event);

  // The session names the families: they are known from its record on, not only at the end.
  [[nodiscard]] bool is_known() const { return is_known_; }
  // An error that names the first of the families that the recording does not have.
  [[nodiscard]] Result<void> check(const Families& wanted, const std::string& recording) const;

 private:
  [[nodiscard]] bool has(std::string_view family) const;

  bool is_known_ = false;
  std::vector<std::string> names_;
};

}  // namespace hoodtrace
