// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/nearest_word.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// Typing mistakes between two words: the optimal string alignment distance.
std::size_t mistakes(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); j++) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); i++) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); j++) {
      const std::size_t wrong = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + wrong});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::move(last);
    last = std::move(row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view typed, const std::vector<std::string_view>& words) {
  constexpr std::size_t kLettersPerMistake = 4;
  std::string_view nearest;
  std::size_t least = typed.size() / kLettersPerMistake + 2;
  for (const std::string_view word : words) {
    const std::size_t count = mistakes(typed, word);
    if (count < least && count < word.size()) {
      least = count;
      nearest = word;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string_view>& words) {
  const std::string_view nearest = nearest_word(typed, words);
  return nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?";
}

}  // namespace hoodtrace
