// SPDX-License-Identifier: GPL-2.0-or-later
// Why a task was moved to another CPU, in a word.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "event/event.hpp"

namespace hoodtrace {

// By HT_MOVE_*; 0 = not recorded.
inline constexpr std::array<std::string_view, HT_MOVE_OTHER + 1> kMoveWords = {
    "", "wakeup", "exec", "affinity", "pull", "balance", "stopper", "push", "other"};

constexpr std::string_view move_word(std::uint8_t reason) {
  return reason < kMoveWords.size() ? kMoveWords[reason] : kMoveWords[HT_MOVE_OTHER];
}

}  // namespace hoodtrace
