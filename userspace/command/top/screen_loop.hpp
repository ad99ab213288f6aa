// SPDX-License-Identifier: GPL-2.0-or-later
// The thread that draws and takes keys.
#pragma once

#include <functional>

#include "command/top/mailbox.hpp"
#include "view/top/browser.hpp"
#include "view/top/terminal.hpp"

namespace hoodtrace {

struct ScreenRequests {
  std::function<void(const Browser::Wish&)> wish;
  std::function<void()> leave;
  std::function<void()> attach;  // the mailbox's wish has the family
  std::function<void()> write;   // the mailbox has the path
};

// Until the user leaves or the mailbox says so.
void run_screen(Terminal& terminal, Mailbox& mailbox, Browser& browser,
                const ScreenRequests& requests);

}  // namespace hoodtrace
