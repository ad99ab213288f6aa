// SPDX-License-Identifier: GPL-2.0-or-later
// Where ncurses is not installed.

#include "terminal/curses_terminal.hpp"

namespace hoodtrace {

Result<std::unique_ptr<Terminal>> open_curses_terminal() {
  return failed("this hoodtrace was built without ncurses (libncurses-dev), which top needs");
}

}  // namespace hoodtrace
