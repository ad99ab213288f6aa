// SPDX-License-Identifier: GPL-2.0-or-later
// Shows a page in the user's browser.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hoodtrace {

// Starts what the desktop opens pages with (xdg-open), and does not wait for it. An error when there
// is none: then the path is for the user to open.
Result<void> open_page(const std::string& path);

}  // namespace hoodtrace
