// SPDX-License-Identifier: GPL-2.0-or-later
// Browser: the lines around the table, and pages of lines.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/loss_text.hpp"
#include "view/top/browser.hpp"
#include "view/top/clock_text.hpp"
#include "view/top/sparkline.hpp"
#include "view/top/task_page.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kLeastWidth = 60;
constexpr std::size_t kLeastHeight = 10;
constexpr std::size_t kHeadRows = 3;
constexpr std::size_t kFootRows = 2;

// A piece of a line. Where the line is too long those of high rank are left out; of rank 0 none.
struct Piece {
  std::string text;  // printable
  Role role = Role::kNormal;
  int rank = 0;
};

void put_pieces(Frame& frame, std::size_t row, std::vector<Piece> pieces) {
  constexpr std::size_t kGap = 2;
  const auto width = [&pieces] {
    std::size_t sum = 0;
    for (const Piece& piece : pieces) sum += display_width(piece.text) + kGap;
    return sum < kGap ? 0 : sum - kGap;
  };
  while (width() > frame.width()) {
    const auto least =
        std::max_element(pieces.begin(), pieces.end(),
                         [](const Piece& a, const Piece& b) { return a.rank < b.rank; });
    if (least->rank == 0) break;
    pieces.erase(least);
  }
  std::size_t at = 0;
  for (const Piece& piece : pieces) at = frame.put(row, at, piece.text, piece.role) + kGap;
}

PageLines keys_page() {
  PageLines lines;
  lines.add("keys", Role::kStrong);
  for (const KeyRow& key : kKeys) {
    if (key.shown.empty()) continue;
    lines.add({{2, std::string(key.shown), Role::kStrong}, {12, std::string(key.does)}});
  }
  lines.gap();
  lines.add("a filter is words, and a row must match all of them", Role::kStrong);
  lines.add({{2, "wait>5ms", Role::kStrong}, {18, "a column with a time, size, share or number"}});
  lines.add({{2, "comm:pg*", Role::kStrong}, {18, "a column with a pattern of * and ?"}});
  lines.add({{2, "redis", Role::kStrong}, {18, "any text of the row has it"}});
  return lines;
}

}  // namespace

void Browser::draw(Frame& frame) {
  tabs_.clear();
  if (frame.width() < kLeastWidth || frame.height() < kLeastHeight) {
    frame.put(0, 0, fmt::format("{} by {} needed", kLeastWidth, kLeastHeight));
    return;
  }
  draw_head(frame);
  draw_tabs(frame);
  draw_lines_of_time(frame);
  draw_page(frame, kHeadRows, frame.height() - kFootRows);
  draw_message(frame, frame.height() - 2);
  draw_foot(frame);
}

void Browser::draw_page(Frame& frame, std::size_t from, std::size_t until) {
  switch (page_) {
    case Page::kTable:
      draw_table(frame, from, until);
      break;
    case Page::kHelp:
      scroll_ = keys_page().draw(frame, from, until, scroll_);
      break;
    case Page::kRemarks:
      draw_remarks(frame, from, until);
      break;
    case Page::kTask:
      if (!task_) break;
      scroll_ = task_page(*task_, history_, facts_.is_utf8, frame.width())
                    .draw(frame, from, until, scroll_);
      break;
  }
}

// Of the interval that is shown, or the last one before it that has one: with many tasks not all have.
std::optional<bool> Browser::last_audit() const {
  for (std::size_t i = history_.place() + 1; i-- > 0;)
    if (history_.all()[i]->audit_is_equal) return history_.all()[i]->audit_is_equal;
  return {};
}

void Browser::draw_head(Frame& frame) const {
  const Snapshot* shown = history_.shown();
  std::vector<Piece> pieces = {{"hoodtrace top", Role::kStrong}};
  if (!facts_.host.empty()) pieces.push_back({facts_.host, Role::kNormal, 3});
  if (shown == nullptr) {
    pieces.push_back({has_ended_ ? "no interval was seen" : "waiting for the first interval"});
    put_pieces(frame, 0, std::move(pieces));
    return;
  }
  pieces.push_back({time_of_day(shown->until_ns, shown->wall_offset_ns)});
  const std::uint64_t back_ns = history_.latest()->until_ns - shown->until_ns;
  const bool is_live = !has_ended_ && facts_.from.empty();
  if (is_live && history_.is_live())
    pieces.push_back({"LIVE", Role::kStrong});
  else if (is_live && back_ns == 0)
    pieces.push_back({"PAUSED", Role::kStrong});
  else
    pieces.push_back({"HISTORY " + distance_back(back_ns), Role::kStrong});
  pieces.push_back({format_duration(shown->length_ns()), Role::kNormal, 2});
  const bool is_whole = lost_total(shown->lost) + shown->undecodable == 0;
  pieces.push_back({is_whole ? "none lost" : lost_text(shown->lost, shown->undecodable),
                    is_whole ? Role::kNormal : Role::kAlarm});
  if (const std::optional<bool> is_equal = last_audit())
    pieces.push_back(
        {*is_equal ? "audit equal" : "AUDIT DIFFERS", *is_equal ? Role::kNormal : Role::kAlarm});
  if (facts_.from.empty())
    pieces.push_back({fmt::format("own {:.1f} %", 100 * shown->own_share), Role::kNormal, 1});
  pieces.push_back({facts_.target, Role::kFaint, 4});
  put_pieces(frame, 0, std::move(pieces));
}

void Browser::draw_tabs(Frame& frame) {
  std::size_t at = 0;
  for (const ScreenRow& row : kScreens) {
    const std::size_t from = at;
    const bool is_here = row.id == screen_;
    const bool has_table =
        history_.shown() != nullptr && history_.shown()->table(row.id) != nullptr;
    at = frame.put(1, at, fmt::format(" {} {} ", index_of(row.id) + 1, row.title),
                   is_here     ? Role::kSelected
                   : has_table ? Role::kNormal
                               : Role::kFaint);
    tabs_.push_back({from, at, row.id});
  }
  if (remarks_.empty()) return;
  const std::string words =
      fmt::format(" !{} remark{}", remarks_.size(), remarks_.size() == 1 ? "" : "s");
  frame.put(1, at, at + words.size() > frame.width() ? fmt::format(" !{}", remarks_.size()) : words,
            Role::kAlarm);
}

void Browser::draw_lines_of_time(Frame& frame) const {
  const Snapshot* shown = history_.shown();
  if (shown == nullptr) return;
  const std::size_t columns = frame.width() < 100 ? 12 : frame.width() < 160 ? 20 : 30;
  std::size_t at = 0;
  const auto line = [&](std::string_view words, auto value, auto text) {
    if (!value(shown->totals)) return;
    std::vector<double> values;
    const std::size_t end = history_.place() + 1;
    // Per second: the intervals may have several lengths.
    for (std::size_t i = end > columns ? end - columns : 0; i < end; i++) {
      const Snapshot& one = *history_.all()[i];
      values.push_back(static_cast<double>(value(one.totals).value_or(0)) /
                       static_cast<double>(std::max<std::uint64_t>(one.length_ns(), 1)));
    }
    const double seconds = static_cast<double>(shown->length_ns()) / 1e9;
    const auto now = static_cast<double>(*value(shown->totals));
    const std::string bars = sparkline(values, columns, facts_.is_utf8);
    const std::string figure = text(seconds > 0 ? now / seconds : 0);
    const std::size_t from = at == 0 ? 1 : at + 2;
    // A piece of it would be read as the whole.
    if (from + words.size() + values.size() + figure.size() + 2 > frame.width()) return;
    at = frame.put(2, from, words);
    at = frame.put(2, at + 1, bars, Role::kBar);
    at = frame.put(2, at + 1, figure);
  };
  const auto time = [](double per_second) {
    return format_duration(static_cast<std::uint64_t>(per_second)) + "/s";
  };
  const auto count = [](double per_second) {
    return format_grouped(static_cast<std::uint64_t>(per_second)) + "/s";
  };
  line(
      "CPUs", [](const Totals& t) { return t.on_cpu_ns; },
      [](double per_second) { return fmt::format("{:.2f}", per_second / 1e9); });
  line(
      "wait", [](const Totals& t) { return t.wait_ns; }, time);
  if (shown->totals.throttled_ns.value_or(0) > 0)
    line(
        "throttled", [](const Totals& t) { return t.throttled_ns; }, time);
  line(
      "faults", [](const Totals& t) { return t.faults; }, count);
  line(
      "major", [](const Totals& t) { return t.major_faults; }, count);
  line(
      "cache", [](const Totals& t) { return t.pages_added; }, count);
}

void Browser::draw_remarks(Frame& frame, std::size_t from, std::size_t until) const {
  std::size_t row = from;
  frame.put(row++, 0, "remarks on this interval, the worst first", Role::kStrong);
  if (remarks_.empty())
    frame.put(row, 2, "none: no rule of docs/top.md applies to this interval", Role::kFaint);
  const std::size_t space = until - row;
  const std::size_t first = remark_ >= space ? remark_ - space + 1 : 0;
  for (std::size_t i = first; i < remarks_.size() && row < until; i++, row++) {
    frame.put(row, 2, cut_to_width(remarks_[i].text, frame.width() - 2));
    if (i == remark_) frame.paint(row, Role::kSelected);
  }
}

// The prompt, what a key had to say, why the stream ended, or the worst remark.
void Browser::draw_message(Frame& frame, std::size_t row) const {
  const auto put = [&](const std::string& text, Role role) {
    frame.put(row, 0, cut_to_width(text, frame.width()), role);
  };
  // The end of what is typed is what one looks at.
  const auto put_typed = [&](const std::string& text) {
    const std::size_t excess = text.size() - std::min(text.size(), frame.width());
    frame.put(row, 0, text.substr(excess), Role::kStrong);
  };
  if (prompt_ == Prompt::kFilter) {
    put_typed("filter: " + prompt_text_ + "_");
  } else if (prompt_ == Prompt::kTime) {
    put_typed("go to: " + prompt_text_ + "_");
  } else if (prompt_ == Prompt::kPath) {
    put_typed("write to: " + prompt_text_ + "_");
  } else if (!message_.empty()) {
    put(message_, Role::kStrong);
  } else if (has_ended_ && !ended_.empty()) {
    put(ended_, Role::kStrong);
  } else if (!remarks_.empty() && page_ == Page::kTable) {
    put("! " + remarks_.front().text, Role::kAlarm);
  }
}

void Browser::draw_foot(Frame& frame) const {
  const std::string_view words =
      prompt_ != Prompt::kNone  ? "Enter take it  Esc leave it"
      : page_ == Page::kTable   ? "? keys  / filter  s sort  Enter open  ! remarks  Space "
                                  "pause  [ ] time  q quit"
      : page_ == Page::kRemarks ? "Enter show it  Esc back  Up Down  [ ] time  ? keys  q quit"
                                : "Esc back  Up Down scroll  [ ] time  ? keys  q quit";
  frame.put(frame.height() - 1, 0, words, Role::kFaint);
}

}  // namespace hoodtrace
