// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/loss_text.hpp"

namespace hoodtrace {
namespace {

using Cells = std::vector<Cell>;

// What a row says for itself, and the interval that it is of.
struct RemarkEvidence {
  const Snapshot& snapshot;
  const Table& table;
  const Cells& row;

  [[nodiscard]] std::uint64_t number(std::string_view key) const {
    return number_at(table, row, key).value_or(0);
  }
  [[nodiscard]] std::string text(std::string_view key) const {
    return printable(text_at(table, row, key));
  }
  // "postgres (4242)", or the unit's path.
  [[nodiscard]] std::string who() const {
    const std::string comm = text("comm");
    if (comm.empty()) return text("cgroup");
    const std::optional<std::uint64_t> id = number_at(table, row, "tid");
    return id ? fmt::format("{} ({})", comm, *id) : comm;
  }
  // Of the time in which the row's tasks were observed.
  [[nodiscard]] double share(std::string_view key) const {
    const std::uint64_t window_ns =
        number_at(table, row, "window_ns").value_or(snapshot.length_ns());
    return window_ns == 0 ? 0 : static_cast<double>(number(key)) / static_cast<double>(window_ns);
  }
  // Waiting for a CPU within the interval: a wait is in wait_ns when it ends.
  [[nodiscard]] double wait_share() const {
    const std::uint64_t window_ns =
        number_at(table, row, "window_ns").value_or(snapshot.length_ns());
    return window_ns == 0
               ? 0
               : static_cast<double>(wait_within(table, row)) / static_cast<double>(window_ns);
  }
  // Of the interval, the time in which the row's tasks were observed: a task may have lived shortly.
  [[nodiscard]] double observed() const {
    const std::uint64_t length_ns = snapshot.length_ns();
    const std::uint64_t window_ns = number_at(table, row, "window_ns").value_or(length_ns);
    return length_ns == 0
               ? 1
               : std::min(1.0, static_cast<double>(window_ns) / static_cast<double>(length_ns));
  }
  // Of the interval, whatever the number of tasks.
  [[nodiscard]] double of_interval(std::string_view key) const {
    const std::uint64_t ns = snapshot.length_ns();
    return ns == 0 ? 0 : static_cast<double>(number(key)) / static_cast<double>(ns);
  }
  [[nodiscard]] double per_second(std::string_view key) const { return of_interval(key) * 1e9; }
};

// A rule looks at each row of one screen: its value, from which value on it is worth a sentence, and
// the sentence.
struct Rule {
  ScreenId screen;
  double threshold;
  double (*value)(const RemarkEvidence& evidence);
  std::string (*words)(const RemarkEvidence& evidence, double value);
  double weight;         // of one unit of the value
  bool of_life = false;  // the value is a share of the time in which the row's tasks were observed
};

std::string behind(const RemarkEvidence& evidence) {
  const std::string culprits = evidence.text("waited_behind");
  return culprits.empty() ? "" : ", behind " + culprits;
}

// Many of the kernel's own threads sleep in D while they have no work.
bool is_kthread(const RemarkEvidence& evidence) { return evidence.number("kthread") == 1; }

// Not by the end of its own child or thread: to wait for that is its work.
bool is_blocked(const RemarkEvidence& evidence) {
  if (is_kthread(evidence)) return false;
  const std::string reason = evidence.text("reason");
  return evidence.text("part") == "blocked" && reason != "child" && reason != "thread_end";
}

constexpr std::array kRules = {
    Rule{ScreenId::kTasks, 0.10, [](const RemarkEvidence& e) { return e.wait_share(); },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} waited for a CPU {:.0f} % of its time{}", e.who(), 100 * value,
                              behind(e));
         },
         1, true},
    Rule{ScreenId::kUnits, 0.05,
         [](const RemarkEvidence& e) { return e.of_interval("wait_throttled_ns"); },
         [](const RemarkEvidence& e, double) {
           return fmt::format("{} was throttled by its quota for {}", e.who(),
                              format_duration(e.number("wait_throttled_ns")));
         },
         1},
    Rule{ScreenId::kTasks, 0.20, [](const RemarkEvidence& e) { return e.share("disk_sleep_ns"); },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} waited for a disk {:.0f} % of its time", e.who(), 100 * value);
         },
         0.5, true},
    Rule{
        ScreenId::kTasks, 0.50,
        [](const RemarkEvidence& e) { return is_kthread(e) ? 0.0 : e.share("uninterruptible_ns"); },
        [](const RemarkEvidence& e, double value) {
          return fmt::format("{} was in D, not for a disk, {:.0f} % of its time", e.who(),
                             100 * value);
        },
        0.6, true},
    Rule{ScreenId::kTasks, 0.50, [](const RemarkEvidence& e) { return e.share("stopped_ns"); },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} was stopped by a signal or debugger {:.0f} % of its time",
                              e.who(), 100 * value);
         },
         0.3, true},
    Rule{ScreenId::kWhy, 0.20,
         [](const RemarkEvidence& e) { return is_blocked(e) ? e.of_interval("ns") : 0.0; },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} was blocked {:.0f} % of the interval: {}", e.who(), 100 * value,
                              e.text("what"));
         },
         0.7},
    Rule{ScreenId::kFaults, 50, [](const RemarkEvidence& e) { return e.per_second("major"); },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} had {:.0f} major page faults a second, {} in all", e.text("comm"),
                              value, format_duration(e.number("time_ns")));
         },
         0.005},
    Rule{ScreenId::kFaults, 0.10, [](const RemarkEvidence& e) { return e.of_interval("time_ns"); },
         [](const RemarkEvidence& e, double value) {
           return fmt::format("{} spent {:.0f} % of a CPU in page faults", e.text("comm"),
                              100 * value);
         },
         0.4},
};

// What a task loses of its short life is nothing to look at when it is less of the interval.
constexpr double kLeastOfInterval = 0.05;

// Of each rule: a storm must not hide the other findings.
constexpr std::size_t kMostOfARule = 5;

// Zombies cost nothing but their pid: a few that are soon reaped are not worth a sentence.
constexpr std::size_t kManyZombies = 10;
constexpr std::uint64_t kOldZombieNs = 1'000'000'000;
constexpr double kWeightOfAZombie = 0.001;

struct Zombies {
  std::size_t count = 0;
  std::uint64_t oldest_ns = 0;
  const Cells* row = nullptr;
};

// By parent: the only rule about rows that belong together.
void add_zombies(const Snapshot& snapshot, std::vector<Remark>& list) {
  const Table* table = snapshot.table(ScreenId::kLives);
  if (table == nullptr) return;
  std::map<std::uint64_t, Zombies> by_parent;
  std::map<std::uint64_t, std::string> comms;
  for (const Cells& row : table->rows) {
    const RemarkEvidence evidence{snapshot, *table, row};
    const std::optional<std::uint64_t> exit_ns = number_at(*table, row, "exit_ns");
    if (!exit_ns) comms[evidence.number("pid")] = evidence.text("comm");
    if (!exit_ns || number_at(*table, row, "reaped_ns")) continue;
    const std::uint64_t age_ns = snapshot.until_ns - std::min(snapshot.until_ns, *exit_ns);
    if (age_ns < kOldZombieNs) continue;
    Zombies& zombies = by_parent[evidence.number("parent_pid")];
    zombies.count++;
    if (age_ns >= zombies.oldest_ns) zombies.row = &row;
    zombies.oldest_ns = std::max(zombies.oldest_ns, age_ns);
  }
  for (const auto& [parent, zombies] : by_parent) {
    if (zombies.count < kManyZombies) continue;
    const auto comm = comms.find(parent);
    const std::string who = comm == comms.end() ? fmt::format("process {}", parent)
                                                : fmt::format("{} ({})", comm->second, parent);
    list.push_back({fmt::format("{} has {} zombies that it does not reap, the oldest for {}", who,
                                zombies.count, format_duration(zombies.oldest_ns)),
                    kWeightOfAZombie * static_cast<double>(zombies.count), ScreenId::kLives,
                    row_key(*table, *zombies.row)});
  }
}

}  // namespace

std::vector<Remark> remarks_of(const Snapshot& snapshot) {
  std::vector<Remark> list;
  if (const std::uint64_t lost = lost_total(snapshot.lost) + snapshot.undecodable; lost > 0)
    list.push_back({fmt::format("{} event{} lost: the figures of this interval are too low",
                                format_grouped(lost), lost == 1 ? " was" : "s were"),
                    2 * Remark::kWrongFigures, ScreenId::kTasks, ""});
  if (snapshot.audit_is_equal == false)
    list.push_back({"the sums of this interval are not those of kernel accounting",
                    Remark::kWrongFigures, ScreenId::kTasks, ""});
  for (const Rule& rule : kRules) {
    const Table* table = snapshot.table(rule.screen);
    if (table == nullptr) continue;
    struct Found {
      double lost;  // of the interval
      double value;
      const Cells* row;
    };
    std::vector<Found> found;
    for (const Cells& row : table->rows) {
      const RemarkEvidence evidence{snapshot, *table, row};
      const double value = rule.value(evidence);
      if (value < rule.threshold || evidence.who().empty()) continue;
      const double lost = rule.of_life ? value * evidence.observed() : value;
      if (!rule.of_life || lost >= kLeastOfInterval) found.push_back({lost, value, &row});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.lost > b.lost; });
    for (std::size_t i = 0; i < std::min(found.size(), kMostOfARule); i++) {
      const auto& [lost, value, row] = found[i];
      std::string text = rule.words({snapshot, *table, *row}, value);
      if (i + 1 == kMostOfARule && found.size() > kMostOfARule)
        text += fmt::format("; and {} more like it", found.size() - kMostOfARule);
      list.push_back({std::move(text), lost * rule.weight, rule.screen, row_key(*table, *row)});
    }
  }
  add_zombies(snapshot, list);
  std::stable_sort(list.begin(), list.end(),
                   [](const Remark& a, const Remark& b) { return a.weight > b.weight; });
  return list;
}

}  // namespace hoodtrace
