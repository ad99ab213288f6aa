// SPDX-License-Identifier: GPL-2.0-or-later
// Names of cgroups as values of labels. Whoever may make a cgroup chooses its name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hoodtrace {

// What a label's value takes in a scrape at most, where a backslash and a quote take two bytes.
// Names of units are shorter (systemd allows 255 bytes); a path may have 4095.
inline constexpr std::size_t kMostLabelBytes = 128;

// A name that takes more than kMostLabelBytes is cut between two characters and ends in "…" and 16
// hexadecimal digits, a hash of all of it: two long names that begin alike stay two names.
// `name` is valid UTF-8 without line ends.
std::string cut_label(std::string_view name);

}  // namespace hoodtrace
