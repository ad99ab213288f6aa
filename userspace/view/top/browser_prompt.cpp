// SPDX-License-Identifier: GPL-2.0-or-later
// Browser: what is typed into a line, and the command of a table.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/top/browser.hpp"
#include "view/top/clock_text.hpp"

namespace hoodtrace {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;

// "14:03:10" of the day (UTC) of `near_ns`, CLOCK_REALTIME; nothing when it is no time.
std::optional<std::int64_t> parse_time_of_day(std::string_view text, std::int64_t near_ns) {
  std::int64_t seconds = 0;
  for (int i = 0; i < 3; i++) {
    int part = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc() || part < 0 || part > (i == 0 ? 23 : 59)) return {};
    seconds = seconds * 60 + part;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i == 2) break;
    if (!text.starts_with(':')) return {};
    text.remove_prefix(1);
  }
  if (!text.empty()) return {};
  return near_ns - near_ns % kDayNs + seconds * 1'000'000'000;
}

}  // namespace

void Browser::begin_prompt(Prompt prompt) {
  prompt_text_.clear();
  if (prompt == Prompt::kFilter) prompt_text_ = screen().filter_text;
  if (prompt == Prompt::kPath) {
    const Snapshot* latest = history_.latest();
    if (!facts_.from.empty()) {
      message_ = fmt::format("it is in {} already", printable(facts_.from));
      return;
    }
    if (latest == nullptr || has_ended_) {
      message_ = latest == nullptr ? "there is nothing to write yet" : "tracing has ended";
      return;
    }
    prompt_text_ =
        fmt::format("hoodtrace-{}.htrec", date_and_time(latest->until_ns, latest->wall_offset_ns));
  }
  prompt_ = prompt;
}

Browser::Outcome Browser::on_prompt_key(const Key& key) {
  if (key.code == KeyCode::kEscape) {
    prompt_ = Prompt::kNone;
  } else if (key.code == KeyCode::kEnter) {
    return take_prompt();
  } else if (key.code == KeyCode::kBackspace) {
    if (!prompt_text_.empty()) prompt_text_.pop_back();
  } else if (key.code == KeyCode::kCharacter && key.character >= ' ' && key.character < 127) {
    prompt_text_ += key.character;
  }
  return Outcome::kStay;
}

Browser::Outcome Browser::take_prompt() {
  switch (std::exchange(prompt_, Prompt::kNone)) {
    case Prompt::kNone:
      break;
    case Prompt::kFilter:
      take_filter();
      break;
    case Prompt::kTime:
      go_to_time();
      break;
    case Prompt::kPath:
      if (prompt_text_.empty()) break;
      path_to_write_ = prompt_text_;
      message_ = fmt::format("writing {} ...", printable(path_to_write_));
      return Outcome::kWrite;
  }
  return Outcome::kStay;
}

void Browser::take_filter() {
  Result<RowFilter> filter = RowFilter::parse(prompt_text_);
  if (!filter) {
    message_ = filter.error().message;
    return;
  }
  screen().filter = std::move(*filter);
  screen().filter_text = prompt_text_;
}

void Browser::go_to_time() {
  const Snapshot* latest = history_.latest();
  if (latest == nullptr) return;
  if (prompt_text_.starts_with('-')) {
    const Result<std::uint64_t> back_ns = parse_duration(std::string_view(prompt_text_).substr(1));
    if (back_ns) {
      history_.go_to(latest->until_ns - std::min(latest->until_ns, *back_ns));
      return;
    }
  } else if (const std::optional<std::int64_t> wall_ns =
                 parse_time_of_day(prompt_text_, static_cast<std::int64_t>(latest->until_ns) +
                                                     latest->wall_offset_ns)) {
    const std::int64_t at_ns = *wall_ns - latest->wall_offset_ns;
    history_.go_to(at_ns > 0 ? static_cast<std::uint64_t>(at_ns) : 0);
    return;
  }
  message_ = fmt::format("{}: write a time of day (UTC) such as 14:03:10, or -30s",
                         printable(prompt_text_));
}

std::string Browser::command() const {
  const Screen& screen = screens_[index_of(screen_)];
  std::string line = fmt::format("hoodtrace {}", kScreens[index_of(screen_)].command);
  line += facts_.from.empty() ? facts_.options : " --from " + facts_.from + facts_.options;
  if (screen_ == ScreenId::kTasks && by_ != Grouping::kThread)
    line += fmt::format(" --by {}", grouping_word(by_));
  if (!screen.unit.empty() && facts_.options.empty()) line += " --cgroup " + printable(screen.unit);
  const bool can_sort =
      screen_ != ScreenId::kCpus && screen_ != ScreenId::kLives && screen_ != ScreenId::kWhy;
  if (can_sort) line += " --sort " + screen.order.sort();
  const Snapshot* shown = history_.shown();
  if (shown != nullptr && facts_.from.empty())
    line +=
        fmt::format(" -i {:g}s", std::round(static_cast<double>(shown->length_ns()) / 1e8) / 10);
  return line;
}

}  // namespace hoodtrace
