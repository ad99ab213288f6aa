// SPDX-License-Identifier: GPL-2.0-or-later
// The pictures of a diff's page: <svg> elements with the classes of diff_picture_style().
#pragma once

#include <string>
#include <string_view>

#include "view/diff/figures.hpp"

namespace hoodtrace {

// Both sides over time, each from its own start; or run by run. `per_word`: see DiffReport.
std::string timeline_picture(const DiffFigure& figure, std::string_view per_word);
// Both histograms over each other, each as shares of its own values. "" when there are no bins.
std::string histogram_picture(const DiffFigure& figure);
std::string_view diff_picture_style();

}  // namespace hoodtrace
