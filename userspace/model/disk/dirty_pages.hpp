// SPDX-License-Identifier: GPL-2.0-or-later
// Who dirtied which pages of a file: whom a writeback is for. In bytes, because a file system with blocks
// smaller than a page may write a page in several requests.
//
// The kernel reports a folio when it becomes dirty, in the task that writes. Who writes to a page that
// is dirty already is reported by nothing, /proc/PID/io included.
#pragma once

#include <cstdint>
#include <vector>

#include "model/byte_ranges.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

class DirtyPages {
 public:
  static constexpr std::size_t kMostRanges = std::size_t{1} << 20;

  struct Share {
    TaskId task = kNoTask;
    std::uint64_t bytes = 0;
  };

  explicit DirtyPages(std::size_t most = kMostRanges) : ranges_(most) {}

  void dirty(FileId file, std::uint64_t first, std::uint64_t bytes, TaskId task) {
    ranges_.set(file, first, bytes, task);
  }
  // These bytes are written: who dirtied them, each task once. What nobody was seen to dirty is in no
  // share.
  std::vector<Share> take(FileId file, std::uint64_t first, std::uint64_t bytes);
  void forget_all() { ranges_.forget_all(); }
  template <class Visitor>
  void each_file(const Visitor& visit) const {
    ranges_.each_file(visit);
  }
  // The TaskId is about to mean another task.
  void forget(TaskId task) { ranges_.forget_value(task); }

 private:
  ByteRanges<TaskId> ranges_;
};

}  // namespace hoodtrace
