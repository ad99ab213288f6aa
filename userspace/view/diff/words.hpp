// SPDX-License-Identifier: GPL-2.0-or-later
// A change in words.
#pragma once

#include <string>
#include <string_view>

#include "model/diff/compare.hpp"

namespace hoodtrace {

// "worse", "better", "more", "less", "new", "gone"
std::string_view verdict_of(const DiffChange& change);
// "p99 of waits for a CPU"
std::string metric_words(const DiffChange& change);
// "comm make", "all"; printable
std::string key_words(const DiffChange& change);
// "412 ms/s", "1.20 ms"
std::string value_words(const DiffChange& change, double value, std::string_view per_word);
// "3.1x (2.6-3.8)"
std::string ratio_words(const DiffChange& change);

}  // namespace hoodtrace
