// SPDX-License-Identifier: GPL-2.0-or-later
// A boot from its capture: phases, units, marks, the kernel's count of forks, and how the capture
// ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

// As the service manager has it; times are CLOCK_BOOTTIME, 0 = did not happen.
struct BootUnit {
  std::string name;
  std::string state;   // "active", "failed", ...
  std::string sub;     // "running", "exited", ...
  std::string result;  // of a failed one: "exit-code", "timeout", ...
  std::vector<std::string> after;
  bool in_initrd = false;
  bool is_service = false;
  std::uint64_t activating_ns = 0;
  std::uint64_t active_ns = 0;
  std::uint64_t deactivating_ns = 0;
  std::uint64_t inactive_ns = 0;
  std::uint64_t main_start_ns = 0;
  std::uint64_t main_exit_ns = 0;
  std::uint32_t main_pid = 0;
  std::uint32_t main_code = 0;
  std::uint32_t main_status = 0;

  // When it was active, or had finished: a service of Type=oneshot is never "active", and is done
  // when it becomes inactive again. 0 = not yet.
  [[nodiscard]] std::uint64_t up_ns() const;
  // From leaving "inactive" to up_ns().
  [[nodiscard]] std::optional<std::uint64_t> took_ns() const;
};

struct BootPhases {
  std::uint64_t firmware_ns = 0;  // lengths
  std::uint64_t loader_ns = 0;
  std::uint64_t initrd_ns = 0;  // times
  std::uint64_t userspace_ns = 0;
  std::uint64_t finish_ns = 0;
  std::map<std::string, std::string> words;  // version, state, virtualization

  // The lengths; absent = there was no such phase, or it is not over.
  [[nodiscard]] std::optional<std::uint64_t> kernel_length_ns() const;
  [[nodiscard]] std::optional<std::uint64_t> initrd_length_ns() const;
  [[nodiscard]] std::optional<std::uint64_t> userspace_length_ns() const;
};

struct BootMark {
  std::uint64_t time_ns = 0;
  std::uint32_t kind = 0;   // HT_BOOT_MARK_*
  std::uint32_t level = 0;  // of a line of the kernel's log
  std::string text;
};

// Our count of births between the first and the last time that the kernel's was read. Births around
// a reading can be on either side of it: the true count is between least and most.
struct ForkAudit {
  std::uint64_t kernel = 0;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  [[nodiscard]] bool agrees() const { return least <= kernel && kernel <= most; }
};

struct BootEnd {
  std::uint64_t time_ns = 0;
  std::uint32_t reason = 0;  // HT_BOOT_END_*
  std::string until;
  std::string problem;  // why phases or units are missing
};

class BootTracker {
 public:
  void on(const ht_session& session);
  void on(const ht_boot_phases& record);
  void on(const ht_boot_unit& record);
  void on(const ht_boot_mark& record);
  void on(const ht_boot_forks& record);
  void on(const ht_boot_end& record);
  void on(const ht_task_new& born);

  [[nodiscard]] const std::optional<BootPhases>& phases() const { return phases_; }
  // By name; one that the initrd's manager had too is as the later one has it.
  [[nodiscard]] const std::map<std::string, BootUnit>& units() const { return units_; }
  [[nodiscard]] const std::vector<BootMark>& marks() const { return marks_; }
  [[nodiscard]] const std::optional<BootEnd>& end() const { return end_; }
  // Absent without two readings.
  [[nodiscard]] std::optional<ForkAudit> forks() const;
  // The capture began; 0 = no session was seen.
  [[nodiscard]] std::uint64_t started_ns() const { return started_ns_; }

 private:
  struct Reading {
    std::uint64_t from_ns;
    std::uint64_t until_ns;
    std::uint64_t forks;
  };

  std::optional<BootPhases> phases_;
  std::map<std::string, BootUnit> units_;
  std::vector<BootMark> marks_;
  std::vector<Reading> readings_;
  std::vector<std::uint64_t> births_ns_;
  std::optional<BootEnd> end_;
  std::uint64_t started_ns_ = 0;
};

// The unit of the system's manager that a cgroup belongs to: the first part of its path that is no
// slice ("/user.slice/user-0.slice/user@0.service/init.scope" is user@0.service's). Empty: none.
std::string_view system_unit_of_cgroup(std::string_view path);

}  // namespace hoodtrace
