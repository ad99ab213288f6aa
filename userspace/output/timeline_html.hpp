// SPDX-License-Identifier: GPL-2.0-or-later
// A timeline as one HTML page that needs nothing else: no script, no network.
#pragma once

#include <string>

#include "view/boot/timeline.hpp"

namespace hoodtrace {

std::string timeline_html(const Timeline& timeline);

}  // namespace hoodtrace
