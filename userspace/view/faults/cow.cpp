// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/cow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
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
std::vector<NamedMapping> mappings_of(const Fork& fork, const FileTable& files) {
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

std::string mapping_text(const Fork& fork, const FileTable& files) {
  constexpr std::size_t kShown = 3;
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, mapping] : mappings_of(fork, files)) {
    if (shown++ == kShown) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, mapping.copied + mapping.reused);
  }
  return text;
}

Json if_measured(bool measured, std::uint64_t value) {
  return measured ? Json(value) : Json(nullptr);
}

Json side_json(const ForkSide& side, std::uint32_t measured) {
  return {{"copied", side.copied},
          {"reused", side.reused},
          {"copied_bytes", side.copied_bytes},
          {"time_ns", side.time_ns},
          {"by_kernel", if_measured((measured & HT_FORK_OWN) != 0, side.by_kernel)},
          {"huge_splits", if_measured((measured & HT_FORK_TABLES) != 0, side.huge_splits)}};
}

struct Measure {
  std::uint32_t flag;
  std::string_view key;
  std::string_view words;
  bool of_hugetlb = false;  // only where a process that forked had such memory
};

constexpr std::uint32_t kKnowsRemote = HT_FORK_KSM | HT_FORK_OWN_HUGETLB;

// Copies that are in no row, or in the same row as others, where all the flags are missing.
constexpr std::array kMeasures = {
    Measure{HT_FORK_OWN, "kernel",
            "by the kernel for itself (fork of pinned pages, O_DIRECT, mlock)"},
    Measure{HT_FORK_SWAP, "swap", "of pages read from swap"},
    Measure{HT_FORK_TABLES, "hugetlb", "of hugetlb pages, and splits of huge pages"},
    Measure{HT_FORK_KSM, "ksm", "of KSM's pages, separate from the fork's"},
    // By the page's frame, or by handle_mm_fault's mapping.
    Measure{kKnowsRemote, "remote", "in another process's memory, separate from the task's own"},
    Measure{HT_FORK_OWN_HUGETLB, "kernel_hugetlb",
            "of hugetlb pages by the kernel for itself (O_DIRECT, mlock, ptrace)", true},
};

bool any_hugetlb(const ForkTracker& tracker) {
  return std::any_of(tracker.forks().begin(), tracker.forks().end(), [](const auto& fork) {
    return fork.second.parent_hugetlb_bytes.value_or(0) > 0;
  });
}

// Without a fork no copy of one is missing, and no record says what is measured.
std::vector<Measure> not_measured(const ForkTracker& tracker) {
  std::vector<Measure> list;
  if (tracker.forks().empty()) return list;
  for (const Measure& measure : kMeasures)
    if ((tracker.measured() & measure.flag) == 0 && (!measure.of_hugetlb || any_hugetlb(tracker)))
      list.push_back(measure);
  return list;
}

Json not_measured_json(const ForkTracker& tracker) {
  Json list = Json::array();
  for (const Measure& measure : not_measured(tracker)) list.push_back(measure.key);
  return list;
}

void add_not_measured(const ForkTracker& tracker, Report& report) {
  std::string text;
  for (const Measure& measure : not_measured(tracker))
    text += fmt::format("{}{}", text.empty() ? "" : "; ", measure.words);
  if (!text.empty()) report.remarks.push_back("copies not measured here: " + text);
}

std::string state_of(const Fork& fork) {
  if (fork.shares_memory) return fork.is_vfork ? "vfork" : "shared";
  return fork.is_open() ? "open" : "over";
}

bool any_at_fork(const ForkTracker& tracker) {
  return std::any_of(tracker.forks().begin(), tracker.forks().end(), [](const auto& fork) {
    return fork.second.at_fork && fork.second.at_fork->pages > 0;
  });
}

Cell at_fork(const Fork& fork, std::uint64_t CopiedByFork::*what) {
  if (!fork.at_fork) return {};
  return (*fork.at_fork).*what;
}

Json at_fork_json(const Fork& fork) {
  if (!fork.at_fork) return nullptr;
  return {{"copied", fork.at_fork->pages}, {"copied_bytes", fork.at_fork->bytes}};
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

void add_forks_table(const ForkTracker& tracker, const FileTable& files, const ViewOptions& options,
                     Report& report) {
  Table table;
  table.columns = {{"at_ns", "AT", Unit::kNs, 1},
                   {"parent_pid", "PARENT", Unit::kCount, 1},
                   {"child_pid", "CHILD", Unit::kCount, 1},
                   {"comm", "COMM", Unit::kText, 1},
                   {"state", "STATE", Unit::kText, 6},
                   {"parent_anon_bytes", "ANON", Unit::kBytes, 2},
                   {"parent_hugetlb_bytes", "HUGETLB", Unit::kBytes, any_hugetlb(tracker) ? 2 : 0},
                   {"fork_ns", "FORK", Unit::kNs, 1},
                   {"at_fork_copied", "AT-FORK", Unit::kCount, any_at_fork(tracker) ? 1 : 0},
                   {"at_fork_copied_bytes", "BYTES", Unit::kBytes, any_at_fork(tracker) ? 5 : 0},
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
  for (const auto& [id, fork] : tracker.forks()) {
    if (fork.at_fork) {
      sum.copied += fork.at_fork->pages;
      sum.copied_bytes += fork.at_fork->bytes;
    }
    for (const ForkSide* side : {&fork.child, &fork.parent}) {
      sum.copied += side->copied;
      sum.reused += side->reused;
      sum.copied_bytes += side->copied_bytes;
      sum.time_ns += side->time_ns;
      sum.by_kernel += side->by_kernel;
      sum.huge_splits += side->huge_splits;
    }
  }
  for (const Fork* fork : shown) {
    const std::uint64_t at_ns =
        fork->time_ns > report.started_ns ? fork->time_ns - report.started_ns : 0;
    table.rows.push_back({at_ns, std::uint64_t{fork->parent_pid}, std::uint64_t{fork->child_pid},
                          fork->comm, state_of(*fork), optional_cell(fork->parent_anon_bytes),
                          optional_cell(fork->parent_hugetlb_bytes), optional_cell(fork->fork_ns),
                          at_fork(*fork, &CopiedByFork::pages),
                          at_fork(*fork, &CopiedByFork::bytes), fork->child.copied,
                          fork->child.reused, fork->child.copied_bytes, fork->child.time_ns,
                          fork->parent.copied, fork->parent.reused, fork->parent.copied_bytes,
                          fork->parent.time_ns, mapping_text(*fork, files)});
  }
  table.hidden_rows = tracker.forks().size() - shown.size();
  if (tracker.forks().empty())
    report.remarks.insert(report.remarks.begin(), "no task of the target forked");
  report.tables.push_back(std::move(table));
  report.remarks.push_back(fmt::format(
      "{} fork{}: {} pages ({}) copied and {} reused in place afterwards, which took {}",
      format_grouped(tracker.forks().size()), tracker.forks().size() == 1 ? "" : "s",
      format_grouped(sum.copied), format_bytes(sum.copied_bytes), format_grouped(sum.reused),
      format_duration(sum.time_ns)));
  report.remarks.emplace_back(
      "a page copied after several forks is charged to the most recent one that shares it");
  if (sum.by_kernel > 0)
    report.remarks.push_back(
        fmt::format("{} of the copies were made by the kernel for itself (get_user_pages): their "
                    "time is not measured",
                    format_grouped(sum.by_kernel)));
  if (sum.huge_splits > 0)
    report.remarks.push_back(
        fmt::format("{} transparent huge pages were split to copy a part of them",
                    format_grouped(sum.huge_splits)));
  if (tracker.of_ksm().copied > 0)
    report.remarks.push_back(
        fmt::format("{} more pages were copied because KSM had merged them: not charged to a fork",
                    format_grouped(tracker.of_ksm().copied)));
  if (tracker.remote().copied > 0)
    report.remarks.push_back(fmt::format(
        "{} more pages were copied in the memory of another process (ptrace, process_vm_writev, "
        "/proc/PID/mem): not charged to a fork",
        format_grouped(tracker.remote().copied)));
  add_not_measured(tracker, report);
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

void add_forks_json(const ForkTracker& tracker, const FileTable& files, const ViewOptions& options,
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
                    {"parent_hugetlb_bytes", number(fork->parent_hugetlb_bytes)},
                    {"fork_ns", number(fork->fork_ns)},
                    {"at_fork", at_fork_json(*fork)},
                    {"child", side_json(fork->child, tracker.measured())},
                    {"parent", side_json(fork->parent, tracker.measured())},
                    {"mappings", std::move(mappings)}});
  }
  report.body.emplace_back("forks", std::move(list));
  report.body.emplace_back(
      "ksm_copied", if_measured((tracker.measured() & HT_FORK_KSM) != 0, tracker.of_ksm().copied));
  report.body.emplace_back("remote_copied", if_measured((tracker.measured() & kKnowsRemote) != 0,
                                                        tracker.remote().copied));
  report.body.emplace_back("not_measured", not_measured_json(tracker));
}

}  // namespace hoodtrace
