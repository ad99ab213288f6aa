// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "view/columns.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

using WhyColumn = ColumnOf<WhyRow>;

template <WhyPart Part>
Cell part_cell(const WhyRow& row) {
  return row.part_ns[static_cast<std::size_t>(Part)];
}

// Only sorted by.
constexpr std::array kColumns = {
    WhyColumn{"delayed", "", Unit::kNs, 1, [](const WhyRow& r) -> Cell { return r.delayed_ns(); }},
    WhyColumn{"wall_ns", "TIME", Unit::kNs, 1, [](const WhyRow& r) -> Cell { return r.wall_ns; }},
#define HT_PART(name, key, heading, meaning) \
  WhyColumn{key, heading, Unit::kNs, 1, part_cell<WhyPart::name>},
    HT_WHY_PARTS(HT_PART)
#undef HT_PART
        WhyColumn{"tid", "", Unit::kId, 1, [](const WhyRow& r) { return optional_cell(r.tid); }},
    WhyColumn{"pid", "", Unit::kId, 1, [](const WhyRow& r) { return optional_cell(r.pid); }},
    WhyColumn{"comm", "", Unit::kText, 1, [](const WhyRow& r) { return optional_cell(r.comm); }},
};

void add_up(WhyRow& row, const WhyTracker& tracker) {
  row.wall_ns = 0;
  row.part_ns = {};
  for (const auto& [id, sum] : row.stats.sums.by_cause()) {
    row.part_ns[static_cast<std::size_t>(tracker.cause(id).part)] += sum.ns;
    row.wall_ns += sum.ns;
  }
}

// Same time: an order that does not depend on the hash table.
template <class Line>
bool is_before(const Line& a, const Line& b) {
  const auto key = [](const Line& line) {
    const WhyCause& c = line.cause;
    return std::tuple(~line.ns, c.part, c.reason, c.call, std::string_view(line.object), c.object,
                      c.relation, c.by_tid, c.by);
  };
  return key(a) < key(b);
}

using ChainTimes = std::map<WhyChainId, std::vector<std::pair<WhyChainId, std::uint64_t>>>;

std::vector<WhyMeanwhile> below(WhyChainId above, const ChainTimes& times,
                                const WhyTracker& tracker) {
  std::vector<WhyMeanwhile> list;
  const auto at = times.find(above);
  if (at == times.end()) return list;
  for (const auto& [id, ns] : at->second) {
    const WhyCause& cause = tracker.cause(tracker.chains()[id].cause);
    list.push_back({cause, tracker.object_text(cause), ns, below(id, times, tracker)});
  }
  std::sort(list.begin(), list.end(), is_before<WhyMeanwhile>);
  return list;
}

std::vector<WhyMeanwhile> meanwhile_of(const WhySum& sum, const WhyTracker& tracker) {
  ChainTimes times;
  for (const auto& [id, ns] : sum.meanwhile)
    if (ns > 0) times[tracker.chains()[id].parent].emplace_back(id, ns);
  return below(ChainTable::kTop, times, tracker);
}

void add_lines(WhyRow& row, const WhyTracker& tracker) {
  for (const auto& [id, sum] : row.stats.sums.by_cause()) {
    if (sum.ns == 0 && sum.count == 0) continue;
    WhyLine& line = row.lines.emplace_back();
    line.cause = tracker.cause(id);
    line.object = tracker.object_text(line.cause);
    line.ns = sum.ns;
    line.count = sum.count;
    line.max_ns = sum.max_ns;
    line.ongoing_ns = sum.ongoing_ns;
    // The middle of a bucket can lie above the largest value in it.
    if (sum.lengths.count() > 0) line.p99_ns = std::min(sum.lengths.quantile(kP99), sum.max_ns);
    line.meanwhile = meanwhile_of(sum, tracker);
  }
  std::sort(row.lines.begin(), row.lines.end(), is_before<WhyLine>);
}

void merge(WhyRow& into, const WhyRow& row) {
  into.stats.threads += row.stats.threads;
  into.stats.sums.add(row.stats.sums.cycles());
  into.wall_ns += row.wall_ns;
  for (std::size_t i = 0; i < kWhyParts; i++) into.part_ns[i] += row.part_ns[i];
}

std::vector<WhyRow> thread_rows(const WhyTracker& tracker) {
  const TaskTable& tasks = tracker.tasks();
  std::vector<WhyRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const Task& task = tasks[id];
    if (!task.in_use || !task.traced) continue;
    if (task.pid == tasks.self_pid() && tasks.self_pid() != 0) continue;
    const WhySums& sums = tracker.sums(id);
    if (sums.total_ns() == 0) continue;
    WhyRow& row = rows.emplace_back();
    name_row(row, task, tasks);
    if (task.pid != 0 && task.pid != task.tid)
      if (const TaskId leader = tasks.find(task.pid); leader != kNoTask)
        row.process = std::string(comm_view(tasks[leader]));
    row.stats = {sums, 1};
  }
  return rows;
}

// Less than a line of the text.
bool has_work(const WhyRow& row) {
  const std::uint64_t idle_ns = row.part_ns[static_cast<std::size_t>(WhyPart::kIdle)];
  return (row.wall_ns - idle_ns) * 200 >= row.wall_ns;
}

// How many are shown. Without --top and --sort, those that did nothing but wait for work come last,
// and are not.
std::size_t count_shown(std::vector<WhyRow>& rows, const ViewOptions& options) {
  const std::size_t top = options.top.value_or(options.text ? kWhyThreads : 0);
  if (top == 0) return rows.size();
  if (options.top) return std::min(top, rows.size());
  std::size_t wanted = rows.size();
  if (options.sort.empty()) {
    const auto idle = std::stable_partition(rows.begin(), rows.end(), has_work);
    wanted = static_cast<std::size_t>(idle - rows.begin());
    if (wanted == 0) wanted = rows.size();
  }
  wanted = std::min(wanted, top);
  // One row more takes no more room than a row for the others.
  return rows.size() == wanted + 1 ? rows.size() : wanted;
}

}  // namespace

std::uint64_t WhyRow::delayed_ns() const {
  const auto of = [this](WhyPart part) { return part_ns[static_cast<std::size_t>(part)]; };
  return wall_ns - of(WhyPart::kOnCpu) - of(WhyPart::kIdle);
}

std::vector<WhyRow> make_why_rows(const WhyTracker& tracker, const ViewOptions& options) {
  std::vector<WhyRow> rows = thread_rows(tracker);
  if (options.by != Grouping::kThread) rows = group_rows(rows, options.by);
  if (tracker.ended_others_count() > 0) {
    WhyRow& row = rows.emplace_back();
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = {tracker.ended_others(), tracker.ended_others_count()};
  }
  for (WhyRow& row : rows) add_up(row, tracker);
  // Of those that were delayed equally, such as not at all, the busiest first.
  sort_rows(kColumns, rows, "tid");
  sort_rows(kColumns, rows, key_of(WhyPart::kOnCpu));
  sort_rows(kColumns, rows, options.sort.empty() ? "delayed" : options.sort);

  const std::size_t shown = count_shown(rows, options);
  WhyRow others;
  for (std::size_t i = shown; i < rows.size(); i++) merge(others, rows[i]);
  others.joined = rows.size() - shown;
  rows.resize(shown);
  for (WhyRow& row : rows) add_lines(row, tracker);
  if (options.text && others.joined > 0) rows.push_back(std::move(others));
  return rows;
}

Result<void> check_why_sort(const std::string& key) {
  if (key.empty() || find_column(kColumns, key) != nullptr) return {};
  return usage(fmt::format("no column {} to sort by; there are: {}", key, column_keys(kColumns)));
}

}  // namespace hoodtrace
