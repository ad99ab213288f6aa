// SPDX-License-Identifier: GPL-2.0-or-later
// Draws an experiment's picture: with characters, or as SVG for a page.
#pragma once

#include <cstddef>
#include <string>

#include "lab/experiment.hpp"

namespace hoodtrace {

// Lines, indented by two, of `columns` at most (40 at least); "" when there is no picture.
std::string picture_text(const LabPicture& picture, std::size_t columns);

// An <svg> element that needs nothing else but the classes of picture_style(); "" when there is none.
std::string picture_svg(const LabPicture& picture);
std::string_view picture_style();
// The class of a bar of this kind.
std::string_view picture_class(char kind);

}  // namespace hoodtrace
