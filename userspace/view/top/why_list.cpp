// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/why_list.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "view/columns.hpp"
#include "view/task_rows.hpp"
#include "view/why/rows.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

struct Row {
  const WhyRow& whose;
  const WhyLine& line;
  const WhoTable& names;
  std::uint64_t interval_ns;
};

using WhyColumn = ColumnOf<Row>;

constexpr std::array kColumns = {
    WhyColumn{"tid", "TID", Unit::kId, 1, [](const Row& r) { return optional_cell(r.whose.tid); }},
    WhyColumn{"pid", "PID", Unit::kId, 0, [](const Row& r) { return optional_cell(r.whose.pid); }},
    WhyColumn{kStartKey, "START", Unit::kId, 0,
              [](const Row& r) -> Cell {
                if (r.whose.started.thread_ns == 0) return {};
                return r.whose.started.thread_ns;
              }},
    WhyColumn{kKthreadKey, "KTHREAD", Unit::kCount, 0,
              [](const Row& r) -> Cell {
                if (!r.whose.started.is_kthread) return {};
                return std::uint64_t{1};
              }},
    WhyColumn{"comm", "COMM", Unit::kText, 1,
              [](const Row& r) { return optional_cell(r.whose.comm); }},
    WhyColumn{"cgroup", "CGROUP", Unit::kText, 0,
              [](const Row& r) { return optional_cell(r.whose.cgroup); }},
    WhyColumn{"share", "SHARE", Unit::kShare, 1,
              [](const Row& r) -> Cell {
                if (r.interval_ns == 0) return {};
                return static_cast<double>(r.line.ns) / static_cast<double>(r.interval_ns);
              }},
    WhyColumn{"ns", "TIME", Unit::kNs, 1, [](const Row& r) -> Cell { return r.line.ns; }},
    WhyColumn{"count", "COUNT", Unit::kCount, 2, [](const Row& r) -> Cell { return r.line.count; }},
    WhyColumn{"max_ns", "MAX", Unit::kNs, 2,
              [](const Row& r) -> Cell {
                if (r.line.max_ns == 0) return {};
                return r.line.max_ns;
              }},
    WhyColumn{"part", "PART", Unit::kText, 1,
              [](const Row& r) -> Cell { return std::string(key_of(r.line.cause.part)); }},
    WhyColumn{"reason", "REASON", Unit::kText, 0,
              [](const Row& r) -> Cell { return std::string(key_of(r.line.cause.reason)); }},
    WhyColumn{
        "what", "WHAT", Unit::kText, 1,
        [](const Row& r) -> Cell { return cause_words(r.line.cause, r.line.object, r.names); }},
};

bool is_last(WhyPart part) { return part == WhyPart::kIdle || part == WhyPart::kOnCpu; }

}  // namespace

Table why_list(const WhyTracker& tracker, std::uint64_t interval_ns, std::size_t most) {
  ViewOptions view;
  view.top = 0;
  const std::vector<WhyRow> rows = make_why_rows(tracker, view);
  const WhoTable& names = tracker.tasks().names();
  std::vector<std::pair<const WhyRow*, const WhyLine*>> lines;
  for (const WhyRow& row : rows)
    for (const WhyLine& line : row.lines) lines.emplace_back(&row, &line);
  const auto comes_first = [](const auto& a, const auto& b) {
    const bool a_last = is_last(a.second->cause.part);
    const bool b_last = is_last(b.second->cause.part);
    return a_last != b_last ? b_last : a.second->ns > b.second->ns;
  };
  std::stable_sort(lines.begin(), lines.end(), comes_first);
  Table table;
  for (const auto& column : kColumns)
    table.columns.push_back(
        {std::string(column.key), std::string(column.heading), column.unit, column.rank});
  for (const auto& [row, line] : lines) {
    if (table.rows.size() == most) break;
    auto& cells = table.rows.emplace_back();
    for (const auto& column : kColumns)
      cells.push_back(column.get({*row, *line, names, interval_ns}));
  }
  table.hidden_rows = lines.size() - table.rows.size();
  return table;
}

}  // namespace hoodtrace
