// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/screen_loop.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace hoodtrace {
namespace {

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

void draw(Terminal& terminal, Browser& browser) {
  const Terminal::Size size = terminal.size();
  Frame frame(size.columns, size.rows);
  browser.draw(frame);
  terminal.show(frame);
}

// False: the user leaves.
bool take_key(const Key& key, Mailbox& mailbox, Browser& browser, const ScreenRequests& requests) {
  const Browser::Outcome outcome = browser.on_key(key, now_ms());
  requests.wish(browser.wish());
  switch (outcome) {
    case Browser::Outcome::kStay:
      break;
    case Browser::Outcome::kQuit:
      return false;
    case Browser::Outcome::kAttach:
      requests.attach();
      break;
    case Browser::Outcome::kWrite:
      mailbox.ask_to_write(browser.path_to_write());
      requests.write();
      break;
  }
  return true;
}

}  // namespace

void run_screen(Terminal& terminal, Mailbox& mailbox, Browser& browser,
                const ScreenRequests& requests) {
  for (;;) {
    draw(terminal, browser);
    if (const std::optional<Key> key = terminal.wait(mailbox.fd())) {
      if (!take_key(*key, mailbox, browser, requests)) return requests.leave();
      continue;
    }
    if (terminal.is_gone()) return requests.leave();
    Mailbox::News news = mailbox.take();
    for (auto& snapshot : news.snapshots) browser.take(std::move(snapshot), now_ms());
    if (news.again) browser.take_again(*news.again, now_ms());
    if (news.refusal) browser.refuse_family(std::move(*news.refusal));
    if (news.message) browser.say(std::move(*news.message));
    if (news.leave) return;
    if (news.end) browser.end(std::move(*news.end));
    requests.wish(browser.wish());  // a family that was attached is not wished for any more
  }
}

}  // namespace hoodtrace
