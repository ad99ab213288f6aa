// SPDX-License-Identifier: GPL-2.0-or-later
// Causes as small numbers that stay valid for the run.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "model/why/cause.hpp"
#include "model/why/sums.hpp"

namespace hoodtrace {

class CauseTable {
 public:
  // Always there: "unknown".
  static constexpr WhyCauseId kUnknown = 0;

  CauseTable() { at({}); }

  // Once kLimit causes are known, new ones lose what makes them many: the object, then who.
  WhyCauseId at(WhyCause cause);
  [[nodiscard]] const WhyCause& operator[](WhyCauseId id) const { return causes_[id]; }

 private:
  static constexpr std::size_t kLimit = 262144;

  std::vector<WhyCause> causes_;
  std::unordered_map<WhyCause, WhyCauseId, WhyCauseHash> ids_;
};

}  // namespace hoodtrace
