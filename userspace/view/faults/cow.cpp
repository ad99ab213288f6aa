// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/cow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/columns.hpp"
#include "view/faults/cells.hpp"
#include "view/faults/rows.hpp"

namespace hoodtrace {
namespace {

using NamedMapping = std::pair<std::string, ForkMapping>;

// Most pages first.
std::vector<NamedMapping> mappings_of(const Fork& fork, const FileNames& files) {
  std::map<std::string, ForkMapping> by_name;
  for (const auto& [key, mapping] : fork.mappings) {
    ForkMapping& sum = by_name[mapping_name(key.first, key.second, files)];
    sum.copied += mapping.copied;
    sum.reused += mapping.reused;
    sum.copied_bytes += mapping.copied_bytes;
  }
  std::vector<NamedMapping> list(by_name.begin(), by_name.end());
  std::stable_sort(list.begin(), list.end(), [](const NamedMapping& a, const NamedMapping& b) {
    return a.second.copied + a.second.reused > b.second.copied + b.second.reused;
  });
  return list;
}

std::string mapping_text(const Fork& fork, const FileNames& files) {
  constexpr std::size_t kShown = 3;
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, mapping] : mappings_of(fork, files)) {
    if (shown++ == kShown) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, mapping.copied + mapping.reused);
  }
  return text;
}

Json side_json(const ForkSide& side) {
  return {{"copied", side.copied},
          {"reused", side.reused},
          {"copied_bytes", side.copied_bytes},
          {"time_ns", side.time_ns}};
}

std::string state_of(const Fork& fork) {
  if (fork.shares_memory) return "vfork";
  return fork.is_open() ? "open" : "over";
}

// The last ones, in order of time.
std::vector<const Fork*> shown_forks(const ForkTracker& tracker, const ViewOptions& options) {
  const std::size_t shown = rows_shown(options, tracker.forks().size());
  std::vector<const Fork*> list;
  for (auto fork = tracker.forks().rbegin(); fork != tracker.forks().rend(); ++fork) {
    if (list.size() == shown) break;
    list.push_back(&fork->second);
  }
  std::reverse(list.begin(), list.end());
  return list;
}

}  // namespace

void add_forks_table(const ForkTracker& tracker, const FileNames& files, const ViewOptions& options,
                     Report& report) {
  Table table;
  table.columns = {{"at_ns", "AT", Unit::kNs, 1},
                   {"parent_pid", "PARENT", Unit::kCount, 1},
                   {"child_pid", "CHILD", Unit::kCount, 1},
                   {"comm", "COMM", Unit::kText, 1},
                   {"state", "STATE", Unit::kText, 6},
                   {"parent_anon_bytes", "ANON", Unit::kBytes, 2},
                   {"fork_ns", "FORK", Unit::kNs, 1},
                   {"child_copied", "CHILD:COPIED", Unit::kCount, 1},
                   {"child_reused", "REUSED", Unit::kCount, 4},
                   {"child_copied_bytes", "BYTES", Unit::kBytes, 5},
                   {"child_time_ns", "TIME", Unit::kNs, 3},
                   {"parent_copied", "PARENT:COPIED", Unit::kCount, 1},
                   {"parent_reused", "REUSED", Unit::kCount, 4},
                   {"parent_copied_bytes", "BYTES", Unit::kBytes, 5},
                   {"parent_time_ns", "TIME", Unit::kNs, 3},
                   {"mappings", "MAPPINGS (PAGES)", Unit::kText, 4}};
  const std::vector<const Fork*> shown = shown_forks(tracker, options);
  ForkSide sum;
  for (const auto& [id, fork] : tracker.forks())
    for (const ForkSide* side : {&fork.child, &fork.parent}) {
      sum.copied += side->copied;
      sum.reused += side->reused;
      sum.copied_bytes += side->copied_bytes;
      sum.time_ns += side->time_ns;
    }
  for (const Fork* fork : shown) {
    const std::uint64_t at_ns =
        fork->time_ns > report.started_ns ? fork->time_ns - report.started_ns : 0;
    table.rows.push_back({at_ns, std::uint64_t{fork->parent_pid}, std::uint64_t{fork->child_pid},
                          fork->comm, state_of(*fork), optional_cell(fork->parent_anon_bytes),
                          optional_cell(fork->fork_ns), fork->child.copied, fork->child.reused,
                          fork->child.copied_bytes, fork->child.time_ns, fork->parent.copied,
                          fork->parent.reused, fork->parent.copied_bytes, fork->parent.time_ns,
                          mapping_text(*fork, files)});
  }
  table.hidden_rows = tracker.forks().size() - shown.size();
  if (tracker.forks().empty())
    report.remarks.insert(report.remarks.begin(), "nothing of the target forked in this time");
  report.tables.push_back(std::move(table));
  report.remarks.push_back(fmt::format(
      "{} forks: {} pages ({}) copied and {} taken over in place since, {} spent on that",
      format_grouped(tracker.forks().size()), format_grouped(sum.copied),
      format_bytes(sum.copied_bytes), format_grouped(sum.reused), format_duration(sum.time_ns)));
  report.remarks.emplace_back(
      "a page copied after several forks is charged to the most recent one that shares it");
  const ForkSide& before = tracker.unexplained();
  if (before.copied + before.reused > 0)
    report.remarks.push_back(
        fmt::format("{} pages copied and {} taken over belong to no recorded fork (an earlier "
                    "fork, or mprotect)",
                    format_grouped(before.copied), format_grouped(before.reused)));
  if (tracker.forgotten() > 0)
    report.remarks.push_back(
        fmt::format("the oldest {} forks were forgotten", format_grouped(tracker.forgotten())));
}

void add_forks_json(const ForkTracker& tracker, const FileNames& files, const ViewOptions& options,
                    Report& report) {
  Json list = Json::array();
  for (const Fork* fork : shown_forks(tracker, options)) {
    Json mappings = Json::array();
    for (const auto& [name, mapping] : mappings_of(*fork, files))
      mappings.push_back({{"name", valid_utf8(name)},
                          {"copied", mapping.copied},
                          {"reused", mapping.reused},
                          {"copied_bytes", mapping.copied_bytes}});
    const auto number = [](const std::optional<std::uint64_t>& value) {
      return value ? Json(*value) : Json(nullptr);
    };
    list.push_back({{"time_ns", fork->time_ns},
                    {"parent_pid", fork->parent_pid},
                    {"child_pid", fork->child_pid},
                    {"comm", valid_utf8(fork->comm)},
                    {"parent_anon_bytes", number(fork->parent_anon_bytes)},
                    {"fork_ns", number(fork->fork_ns)},
                    {"child", side_json(fork->child)},
                    {"parent", side_json(fork->parent)},
                    {"mappings", std::move(mappings)}});
  }
  report.body.emplace_back("forks", std::move(list));
}

}  // namespace hoodtrace
