// SPDX-License-Identifier: GPL-2.0-or-later
// The terminal of standard input and output, by ncurses.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "view/top/terminal.hpp"

namespace hoodtrace {

// Takes the terminal, which is as before when the object is gone, and also when this process is
// killed. An error when standard input and output are no terminal, or none that ncurses knows. Call it
// while there is one thread.
Result<std::unique_ptr<Terminal>> open_curses_terminal();

}  // namespace hoodtrace
