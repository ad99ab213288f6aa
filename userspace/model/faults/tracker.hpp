// SPDX-License-Identifier: GPL-2.0-or-later
// Counts page faults by task and by mapping, and compares them with the kernel's count.
//
// Each record carries the task's min_flt + maj_flt. If that grew by more than the recorded
// faults, the rest are faults that the kernel took for itself (get_user_pages raises the counter
// without an event; docs/kernel-notes.md, note 16), or lost records.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/faults/stats.hpp"
#include "model/names/file_key.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

// Where: a process's [heap], [stack], anonymous memory, or a file that it maps.
struct MappingKey {
  std::uint32_t pid = 0;
  std::uint8_t place = HT_PLACE_UNKNOWN;
  FileKey file;
  bool operator==(const MappingKey&) const = default;
};

// Of a fault of that process; what is in another one's memory has no mapping of its own.
MappingKey mapping_key(std::uint32_t pid, const ht_fault& fault);

struct MappingKeyHash {
  std::size_t operator()(const MappingKey& key) const {
    return FileKeyHash()(key.file) ^ (key.pid * 0x85ebca6bULL + key.place);
  }
};

struct MappingFaults {
  TaskId task = kNoTask;  // one of the process's, for its name
  FaultStats stats;
};

struct FaultAudit {
  std::uint64_t tasks = 0;
  std::uint64_t without_counters = 0;
  std::uint64_t seen = 0;    // resolved ones
  std::uint64_t gup = 0;     // counted by the kernel, and not shown
  std::uint64_t kernel = 0;  // min_flt + maj_flt gained
  std::uint64_t lost = 0;    // records lost because a ring was full: they are in gup
  // Pages copied on a write to a present page, over tasks whose end was seen and whose delays the
  // kernel accounts.
  std::uint64_t copies = 0;
  std::uint64_t kernel_copies = 0;
  bool copies_known = false;
};

class FaultTracker {
 public:
  explicit FaultTracker(const TaskTable& tasks) : tasks_(tasks) {}

  // After the TaskTable.
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_end& end);
  void on(const ht_task_books& counters);
  void on(const ht_fault& fault);
  void on(const ht_fault_books& counters);
  void on(const ht_lost& lost);

  [[nodiscard]] const FaultStats& stats(TaskId task) const;
  // Faults that the kernel counted and no record shows: gup.
  [[nodiscard]] std::uint64_t unreported(TaskId task) const {
    return task < by_task_.size() ? by_task_[task].gup : 0;
  }
  [[nodiscard]] const std::unordered_map<MappingKey, MappingFaults, MappingKeyHash>& mappings()
      const {
    return mappings_;
  }
  [[nodiscard]] FaultAudit audit() const;

  // Ended tasks that were folded.
  [[nodiscard]] const FaultStats& ended_others() const { return folded_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return folded_count_; }

  void fold(TaskId task);
  void begin_interval();

 private:
  static constexpr std::size_t kMaxMappings = 65536;

  struct TaskFaults {
    FaultStats stats;
    bool known = false;          // base_flt and last_flt are valid
    std::uint32_t base_flt = 0;  // where the span begins
    std::uint32_t last_flt = 0;
    std::uint64_t gup = 0;
    std::uint64_t copies = 0;  // since base_copies
    std::optional<std::uint32_t> base_copies;
    std::optional<std::uint32_t> kernel_copies;
    MappingKey last_key;  // the last mapping, and where its numbers are
    MappingFaults* last_mapping = nullptr;
  };

  TaskFaults& at(TaskId id);
  void begin(std::uint32_t tid, const ht_task& counters);
  void count_to(TaskFaults& task, std::uint32_t flt);
  MappingFaults& mapping(TaskFaults& task, TaskId id, const ht_fault& fault);
  static void add_to(FaultAudit& audit, const TaskFaults& task);

  const TaskTable& tasks_;
  std::vector<TaskFaults> by_task_;
  std::unordered_map<MappingKey, MappingFaults, MappingKeyHash> mappings_;
  FaultStats folded_;
  FaultAudit folded_audit_;
  std::uint64_t folded_count_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace hoodtrace
