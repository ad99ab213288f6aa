// SPDX-License-Identifier: GPL-2.0-or-later
// What each fork cost: the pages that its two sides copied or reused afterwards.
//
// A fork makes every anonymous page of the parent shared and read-only in both address spaces. The
// first write to one is a fault: a copy while another process has the page, a reuse in place when
// no other process has any more. A copy is charged to the most recent fork of that address space
// whose other side still has the pages; a reuse to the most recent one, which took the permission
// away.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

using ForkId = std::uint64_t;  // grows with each fork
inline constexpr ForkId kNoFork = 0;

struct ForkSide {
  std::uint64_t copied = 0;
  std::uint64_t reused = 0;
  std::uint64_t copied_bytes = 0;
  std::uint64_t time_ns = 0;      // of both, where it is known
  std::uint64_t by_kernel = 0;    // of the copies, those in get_user_pages: they have no time
  std::uint64_t huge_splits = 0;  // transparent huge pages that were split to copy a part
};

// Pages that the fork itself copied, because they were pinned.
struct CopiedByFork {
  std::uint64_t pages = 0;
  std::uint64_t bytes = 0;
};

struct ForkMapping {
  std::uint64_t copied = 0;
  std::uint64_t reused = 0;
  std::uint64_t copied_bytes = 0;
};

struct Fork {
  std::uint64_t time_ns = 0;
  std::uint32_t parent_pid = 0;
  std::uint32_t child_pid = 0;
  std::string comm;                      // of both at that moment
  bool shares_memory = false;            // vfork, or clone with CLONE_VM: nothing to copy
  bool is_vfork = false;                 // and the parent waits for the child's exec or exit
  std::optional<std::uint64_t> fork_ns;  // the system call itself, in the parent
  std::optional<std::uint64_t> parent_anon_bytes;
  std::uint64_t page_bytes = 4096;  // of the kernel
  std::optional<std::uint64_t> parent_hugetlb_bytes;
  std::optional<CopiedByFork> at_fork;
  ForkSide child;
  ForkSide parent;
  std::map<std::pair<std::uint8_t, FileKey>, ForkMapping> mappings;  // both sides together
  std::uint32_t sharers = 0;  // address spaces on the child's side that still have the pages
  ForkId outer = kNoFork;     // the fork that the parent's address space came from
  std::uint32_t inner = 0;    // forks that have it as their outer
  bool parent_lives = true;   // its address space
  bool newest = true;         // of the parent's

  // Can copies or reuses still be charged to it?
  [[nodiscard]] bool is_open() const;
};

class ForkTracker {
 public:
  explicit ForkTracker(const TaskTable& tasks) : tasks_(tasks) {}

  // After the TaskTable.
  void on(const ht_session& session);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& end);
  void on(const ht_fork& fork);
  void on(const ht_fault& fault);

  // In order of time; the oldest of too many are forgotten.
  [[nodiscard]] const std::map<ForkId, Fork>& forks() const { return forks_; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

  // HT_FORK_*, of the last fork: which copies are measured.
  [[nodiscard]] std::uint32_t measured() const { return measured_; }

  // Copies of pages that KSM had merged: with or without a fork they would have been made.
  [[nodiscard]] const ForkSide& of_ksm() const { return of_ksm_; }

  // Pages that a task had the kernel copy in another process's memory (ptrace, process_vm_writev):
  // whose is not known.
  [[nodiscard]] const ForkSide& remote() const { return remote_; }

  // Pages written that no fork seen here explains: it was before, or none (mprotect).
  [[nodiscard]] const ForkSide& unexplained() const { return unexplained_; }

  void fold(TaskId task);
  // Forgets forks that are over and were reported.
  void begin_interval();

 private:
  static constexpr std::size_t kMaxForks = 65536;
  using SpaceId = std::uint64_t;
  static constexpr SpaceId kNoSpace = 0;

  // An address space.
  struct Space {
    std::uint32_t users = 0;  // tasks
    ForkId born_by = kNoFork;
    std::vector<ForkId> forks;  // of which it is the parent, newest last
  };

  SpaceId& space_of(TaskId task);
  SpaceId at(TaskId task);
  SpaceId make_space(ForkId born_by);
  void leave(TaskId task);
  void share(ForkId fork, bool begins);
  Fork* payer(const Space& space, bool copied, ForkSide*& side);
  void forget(std::map<ForkId, Fork>::iterator fork);

  const TaskTable& tasks_;
  std::vector<SpaceId> by_task_;
  std::unordered_map<std::uint32_t, SpaceId> by_pid_;  // of tasks that were there before
  std::unordered_map<SpaceId, Space> spaces_;
  SpaceId last_space_ = kNoSpace;
  std::map<ForkId, Fork> forks_;
  std::unordered_map<std::uint32_t, ForkId> by_child_;  // pid
  std::uint64_t page_bytes_ = 4096;
  ForkId last_fork_ = kNoFork;
  std::uint64_t forgotten_ = 0;
  ForkSide unexplained_;
  ForkSide of_ksm_;
  ForkSide remote_;
  std::uint32_t measured_ = 0;
};

}  // namespace hoodtrace
