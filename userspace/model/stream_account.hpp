// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the stream itself: what was seen, what is missing and why. Every view and export shows it,
// in the words of view/loss_text.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "model/unreported_switches.hpp"

namespace hoodtrace {

// The kind of what the kernel called no tracepoint for: no record was lost.
inline constexpr std::string_view kUnshownKind = "unshown";

// Sleep that the kernel counts as waiting (SleptWaits); no record was lost.
struct SleptAsWait {
  std::uint64_t ns = 0;  // taken off run_delay
  std::uint64_t unmeasured =
      0;  // waits that are taken off with it, for how long they were is not known
};

class StreamAccount {
 public:
  // Call for every record of the stream that decodes, and for every one that does not.
  void on_record(const ht_header& head) {
    last_ns_ = head.time_ns;
    if (head.type < HT_KIND_LIMIT && head.type != HT_LOST) seen_++;
  }
  void on_undecodable() { undecodable_++; }
  void on_slept_wait(std::uint64_t ns) { slept_.ns += ns; }
  void on_unmeasured_wait() { slept_.unmeasured++; }
  // So many switches at once, the last one at last_ns; `unshown` are missing (unreported()).
  void on_switches(std::uint64_t count, std::uint64_t last_ns, std::uint64_t unshown);
  [[nodiscard]] UnreportedSwitches& unreported() { return unreported_; }

  void on(const ht_session& session);
  void on(const ht_cgroup_name& name);
  void on(const ht_lost& lost);
  void on(const ht_trouble& trouble);
  void on(const ht_switch& record);
  void on(const ht_tick& tick);
  void on(const ht_task_seen& seen) { unreported_.on(seen); }
  void on(const ht_task_new& born) { unreported_.on(born); }
  void on(const ht_task_cgroup& move) { unreported_.on(move); }
  void on(const ht_task_exec& exec) { unreported_.on(exec); }

  // Since the last begin_interval().
  [[nodiscard]] std::uint64_t seen() const { return seen_; }
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }
  // By kind: a record's name ("switch": its ring was full), a trouble's key ("missed", "late"), or
  // "unshown": switches for which the kernel called no tracepoint.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& lost() const { return lost_; }
  // All of them but "unshown": those were never records.
  [[nodiscard]] std::uint64_t lost_total() const;
  [[nodiscard]] const SleptAsWait& slept() const { return slept_; }
  // When the target's cgroup, which was removed, was made again: tasks in the new one are not in
  // the target. Kept over intervals.
  [[nodiscard]] std::optional<std::uint64_t> target_remade_ns() const { return target_remade_ns_; }
  // From when on no task is named as waited behind (HT_TICK_NO_CULPRITS). Kept over intervals.
  [[nodiscard]] std::optional<std::uint64_t> culprits_off_ns() const { return culprits_off_ns_; }
  // The stream came to its end (HT_TICK_END). Without one it is a recording that was cut.
  [[nodiscard]] bool has_end() const { return has_end_; }
  // The time of the last record that decodes.
  [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }

  void begin_interval() {
    seen_ = undecodable_ = 0;
    slept_ = {};
    lost_.clear();
  }

 private:
  std::uint64_t seen_ = 0;
  std::uint64_t undecodable_ = 0;
  std::uint64_t last_ns_ = 0;
  SleptAsWait slept_;
  std::map<std::string, std::uint64_t> lost_;
  UnreportedSwitches unreported_;
  std::string target_cgroup_;  // its path; empty: the target is no cgroup
  std::uint64_t target_cgroup_id_ = 0;
  std::optional<std::uint64_t> target_remade_ns_;
  std::optional<std::uint64_t> culprits_off_ns_;
  bool has_end_ = false;
};

// Of `lost`, as lost_total().
std::uint64_t lost_total(const std::map<std::string, std::uint64_t>& lost);

}  // namespace hoodtrace
