// SPDX-License-Identifier: GPL-2.0-or-later
// Browser: snapshots come, and what keys do.
#include "view/top/browser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kRestMs = 3000;  // after a key
constexpr std::uint64_t kMs = 1'000'000;
constexpr std::array<std::uint64_t, 9> kIntervals = {100 * kMs,    200 * kMs,    500 * kMs,
                                                     1000 * kMs,   2000 * kMs,   5000 * kMs,
                                                     10'000 * kMs, 30'000 * kMs, 60'000 * kMs};

}  // namespace

Browser::Browser(BrowserFacts facts)
    : facts_(std::move(facts)), history_(facts_.keep_ns, facts_.most_bytes) {
  for (const ScreenRow& row : kScreens)
    screens_.push_back({RowOrder(std::string(row.sort), row.is_reversed), {}, {}, {}, 0});
}

const Table* Browser::table() const {
  const Snapshot* shown = history_.shown();
  return shown == nullptr ? nullptr : shown->table(screen_);
}

void Browser::take(std::shared_ptr<const Snapshot> snapshot, std::uint64_t now_ms) {
  if (wanted_) {
    const auto row = std::find_if(kScreens.begin(), kScreens.end(),
                                  [this](const ScreenRow& one) { return one.family == *wanted_; });
    if (snapshot->table(row->id) != nullptr) {
      wanted_.reset();
      message_.clear();
    }
  }
  history_.add(std::move(snapshot));
  arrange(now_ms);
}

void Browser::take_again(const std::vector<std::shared_ptr<const Snapshot>>& snapshots,
                         std::uint64_t now_ms) {
  const Snapshot* shown = history_.shown();
  const std::uint64_t at_ns = shown == nullptr ? 0 : shown->until_ns;
  history_ = History(facts_.keep_ns, facts_.most_bytes);
  for (const auto& snapshot : snapshots) history_.add(snapshot);
  history_.go_to(at_ns);
  message_.clear();
  arrange(now_ms);
}

void Browser::refuse_family(std::string why) {
  wanted_.reset();
  message_ = std::move(why);
}

void Browser::end(std::string why) {
  has_ended_ = true;
  ended_ = std::move(why);
  if (facts_.from.empty()) return;
  // The interval whose remarks weigh most.
  double most = -1;
  std::uint64_t at_ns = 0;
  for (const auto& snapshot : history_.all()) {
    double weight = 0;
    for (const Remark& remark : remarks_of(*snapshot))
      if (!remark.is_about_figures()) weight += remark.weight;
    if (weight <= most) continue;
    most = weight;
    at_ns = snapshot->until_ns;
  }
  if (history_.latest() == nullptr) return;
  history_.go_to(at_ns);
  rests_until_ms_ = 0;
  arrange(1);
}

void Browser::arrange(std::uint64_t now_ms) {
  const Snapshot* shown = history_.shown();
  if (shown == nullptr) return;
  remarks_ = remarks_of(*shown);
  remark_ = remarks_.empty() ? 0 : std::min(remark_, remarks_.size() - 1);
  const Table* table = this->table();
  if (table == nullptr) return;
  RowFilter filter = screen().filter;
  if (!screen().unit.empty()) filter.require("cgroup", screen().unit);
  screen().order.arrange(*table, filter, now_ms < rests_until_ms_);
  if (followed_) place_bar();
}

Browser::Outcome Browser::on_key(const Key& key, std::uint64_t now_ms) {
  if (key.code == KeyCode::kResize) return Outcome::kStay;
  if (key.code == KeyCode::kInterrupt) return Outcome::kQuit;
  message_.clear();
  if (prompt_ != Prompt::kNone) {
    const Outcome outcome = on_prompt_key(key);
    arrange(now_ms);
    return outcome;
  }
  if (key.code == KeyCode::kClick) {
    click(key);
    return Outcome::kStay;
  }
  if (key.code == KeyCode::kCharacter && key.character >= '1' &&
      key.character < static_cast<char>('1' + kScreenCount)) {
    show_screen(static_cast<ScreenId>(key.character - '1'));
    arrange(now_ms);
    return Outcome::kStay;
  }
  for (const KeyRow& row : kKeys) {
    if (row.code != key.code ||
        row.character != (key.code == KeyCode::kCharacter ? key.character : 0))
      continue;
    return obey(row.action, now_ms);
  }
  if (key.code == KeyCode::kCharacter)
    message_ = fmt::format("no key {}; ? shows the keys", printable(std::string(1, key.character)));
  return Outcome::kStay;
}

Browser::Outcome Browser::obey(Action action, std::uint64_t now_ms) {
  Outcome outcome = Outcome::kStay;
  bool rests = false;
  switch (action) {
    case Action::kUp:
    case Action::kDown:
    case Action::kPageUp:
    case Action::kPageDown:
    case Action::kFirst: {
      const auto page = static_cast<std::ptrdiff_t>(page_rows_);
      move(action == Action::kUp         ? -1
           : action == Action::kDown     ? 1
           : action == Action::kPageUp   ? -page
           : action == Action::kPageDown ? page
                                         : -(std::ptrdiff_t{1} << 40));
      rests = true;
      break;
    }
    case Action::kOpen:
      outcome = open();
      break;
    case Action::kBack:
      go_back();
      break;
    case Action::kNextScreen:
      show_screen(static_cast<ScreenId>((index_of(screen_) + 1) % kScreenCount));
      break;
    case Action::kPreviousScreen:
      show_screen(static_cast<ScreenId>((index_of(screen_) + kScreenCount - 1) % kScreenCount));
      break;
    case Action::kFilter:
      begin_prompt(Prompt::kFilter);
      break;
    case Action::kGoTo:
      begin_prompt(Prompt::kTime);
      break;
    case Action::kWrite:
      begin_prompt(Prompt::kPath);
      break;
    case Action::kSortLeft:
    case Action::kSortRight: {
      const Table* table = this->table();
      if (table == nullptr) break;
      std::vector<std::string> keys;
      for (const Column& column : table->columns)
        if (column.rank > 0) keys.push_back(column.key);
      screen().order.sort_by_neighbour(keys, action == Action::kSortRight);
      break;
    }
    case Action::kReverse:
      screen().order.reverse();
      break;
    case Action::kGroup:
      by_ = by_ == Grouping::kThread    ? Grouping::kProcess
            : by_ == Grouping::kProcess ? Grouping::kComm
                                        : Grouping::kThread;
      say_when_it_comes(fmt::format("tasks by {}", grouping_word(by_)));
      break;
    case Action::kPin:
      screen().order.pin();
      break;
    case Action::kFollow:
      toggle_follow();
      break;
    case Action::kLonger:
    case Action::kShorter:
      change_interval(action == Action::kLonger);
      break;
    case Action::kPause:
      if (history_.is_live())
        history_.pause();
      else
        history_.follow();
      break;
    case Action::kTickBack:
      history_.step(-1);
      break;
    case Action::kTickForward:
      history_.step(1);
      break;
    case Action::kTenBack:
      history_.step(-10);
      break;
    case Action::kTenForward:
      history_.step(10);
      break;
    case Action::kLive:
      history_.follow();
      break;
    case Action::kRemarks:
      page_ = page_ == Page::kRemarks ? Page::kTable : Page::kRemarks;
      remark_ = 0;
      break;
    case Action::kCommand:
      message_ = command();
      break;
    case Action::kHelp:
      page_ = page_ == Page::kHelp ? Page::kTable : Page::kHelp;
      scroll_ = 0;
      break;
    case Action::kQuit:
      outcome = Outcome::kQuit;
      break;
  }
  rests_until_ms_ = rests ? now_ms + kRestMs : 0;
  arrange(now_ms);
  return outcome;
}

void Browser::move(std::ptrdiff_t rows) {
  const auto moved = [rows](std::size_t from, std::size_t count) {
    const std::ptrdiff_t last = count == 0 ? 0 : static_cast<std::ptrdiff_t>(count) - 1;
    return static_cast<std::size_t>(
        std::clamp(static_cast<std::ptrdiff_t>(from) + rows, std::ptrdiff_t{0}, last));
  };
  if (page_ == Page::kRemarks) {
    remark_ = moved(remark_, remarks_.size());
    return;
  }
  if (page_ != Page::kTable) {
    scroll_ = moved(scroll_, std::size_t{1} << 20);  // draw() knows the end
    return;
  }
  followed_.reset();
  RowOrder& order = screen().order;
  order.select(moved(order.selected(), order.rows().size()));
}

void Browser::change_interval(bool longer) {
  if (longer) {
    const auto* const next =
        std::find_if(kIntervals.begin(), kIntervals.end(),
                     [this](std::uint64_t ns) { return ns > facts_.interval_ns; });
    if (next != kIntervals.end()) facts_.interval_ns = *next;
  } else {
    const auto next = std::find_if(kIntervals.rbegin(), kIntervals.rend(),
                                   [this](std::uint64_t ns) { return ns < facts_.interval_ns; });
    if (next != kIntervals.rend()) facts_.interval_ns = *next;
  }
  say_when_it_comes("intervals of " + format_duration(facts_.interval_ns));
}

void Browser::say_when_it_comes(std::string what) {
  message_ =
      std::move(what) + (facts_.from.empty() ? " from now on" : ": the recording is read again");
}

Browser::Wish Browser::wish() const {
  Wish wish;
  wish.by = by_;
  wish.sort = screens_[index_of(ScreenId::kTasks)].order.sort();
  wish.interval_ns = facts_.interval_ns;
  if (page_ == Page::kTask) wish.task = task_;
  wish.family = wanted_;
  return wish;
}

}  // namespace hoodtrace
