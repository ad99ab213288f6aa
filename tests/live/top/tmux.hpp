// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of top on a terminal share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "support/tmux_screen.hpp"

namespace hoodtrace::testing {

#define HOODTRACE_TMUX() \
  HOODTRACE_LIVE();      \
  if (::access("/usr/bin/tmux", X_OK) != 0) GTEST_SKIP() << "cannot run here: no /usr/bin/tmux"

// Whether a shell has the terminal back: what is typed is echoed, and the prompt comes again.
inline void expect_sane(TmuxScreen& screen) {
  screen.type("stty -a | tr ' ' '\\n' | grep -cx -e icanon -e echo -e isig; echo x$((1+1))y");
  screen.press("Enter");
  EXPECT_TRUE(screen.shows("x2y")) << screen.text();
  EXPECT_TRUE(screen.shows("\n3\n")) << screen.text();
}

inline void start_top(TmuxScreen& screen, const std::string& arguments) {
  screen.type(std::string(HOODTRACE_BINARY) + " top -i 200ms " + arguments);
  screen.press("Enter");
}

}  // namespace hoodtrace::testing
