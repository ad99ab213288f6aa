// SPDX-License-Identifier: GPL-2.0-or-later
// What tasks did not get while they were on a CPU: time in interrupts, by kind and by whose run they cut,
// and time that the hypervisor took.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct IrqTime {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t max_ns = 0;

  void add(std::uint64_t one_ns);
  void merge(const IrqTime& other);
};

struct IrqKey {
  std::uint8_t kind = 0;  // HT_IRQ_*
  std::uint32_t vector = 0;
  std::string name;                                 // hostile
  auto operator<=>(const IrqKey&) const = default;  // NOLINT(modernize-use-nullptr)
};

struct IrqSource {
  IrqTime all;
  std::uint64_t idle_ns = 0;  // while the CPU was idle
  std::unordered_map<TaskId, std::uint64_t>
      cut;  // ns, by whose run it was; kNoTask: forgotten ones
};

struct TaskLoss {
  IrqTime hard;
  IrqTime soft;  // not of ksoftirqd's own runs, whose work they are
  std::uint64_t steal_ns = 0;
  std::uint64_t kernel_irq_ns =
      0;  // by the kernel, where it counts them (CONFIG_IRQ_TIME_ACCOUNTING)

  void merge(const TaskLoss& other);
  [[nodiscard]] std::uint64_t ns() const { return hard.ns + soft.ns + steal_ns; }
};

class IrqTracker {
 public:
  explicit IrqTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_irq& record);
  void on(const ht_stolen& record);

  void begin_interval();
  void fold(TaskId task);

  [[nodiscard]] const std::map<IrqKey, IrqSource>& sources() const { return sources_; }
  // Null when nothing cut its runs.
  [[nodiscard]] const TaskLoss* loss(TaskId task) const;
  [[nodiscard]] const TaskLoss& idle() const { return idle_; }
  [[nodiscard]] const TaskLoss& ended_others() const { return folded_; }
  // The kernel counts stolen time; false as long as no run had any.
  [[nodiscard]] bool has_steal() const { return (flags_ & HT_STOLEN_STEAL) != 0; }
  [[nodiscard]] bool has_kernel_irq() const { return (flags_ & HT_STOLEN_IRQ) != 0; }

 private:
  TaskLoss& of(std::uint32_t tid, TaskId task);

  const TaskTable& tasks_;
  std::map<IrqKey, IrqSource> sources_;
  std::vector<TaskLoss> by_task_;
  TaskLoss idle_;
  TaskLoss folded_;
  std::uint32_t flags_ = 0;
};

}  // namespace hoodtrace
