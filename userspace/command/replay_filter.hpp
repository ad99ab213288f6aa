// SPDX-License-Identifier: GPL-2.0-or-later
// A recording as if it had been made of fewer tasks, or of a part of its time; or the running system
// with a target (TraceRequest::others).
//
// Tasks are chosen as the kernel side chooses them: by pid, tid, name, cgroup and, with follow, by
// birth. Others lose their mark (HT_TASK_TRACED and the like); their names stay in the stream, and
// so do their switches where a view needs them to name whom a task waited behind. A task that had a
// matching name or cgroup only before the recording began is not found.
//
// For a time window a view gets all earlier records too, then an HT_TICK_INTERVAL, from which it
// counts; an exporter gets only names and births from before. The stream ends with the window.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "command/time_window.hpp"
#include "probe/trace_request.hpp"
#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class ReplayFilter : public Source {
 public:
  // Who gets the records. kChains: a view that looks at those too for whom the chosen ones wait. They
  // lose their mark, but all their records pass.
  enum class Use { kView, kExport, kChains };

  ReplayFilter(std::unique_ptr<Source> source, const Target& target, const TimeWindow& window,
               Use use)
      : source_(std::move(source)), target_(target), window_(window), use_(use) {}

  Result<std::span<const RecordView>> next() override;

 private:
  struct Task {
    std::uint32_t pid = 0;
    std::uint64_t cgroup_id = 0;
    bool is_chosen = false;
  };

  void take(const RecordView& record);
  void take_session(const ht_session& session);
  void take_switch(const ht_switch& record);
  template <class Record>
  void take_task(const Record& record, std::uint32_t parent_tid, bool is_thread);
  void add_tick(std::uint32_t kind, std::uint64_t time_ns);
  [[nodiscard]] bool is_wanted(std::uint32_t tid, const Task& task, std::string_view comm) const;
  [[nodiscard]] bool is_chosen(std::uint32_t tid) const;
  [[nodiscard]] bool has_cgroup() const {
    return !target_.cgroup_path.empty() || !target_.unit.empty() || !target_.container.empty();
  }
  [[nodiscard]] bool is_in_cgroup(std::uint64_t id) const;
  [[nodiscard]] bool is_before_window(const ht_header& head) const;

  std::unique_ptr<Source> source_;
  Target target_;
  TimeWindow window_;
  Use use_;
  std::unordered_map<std::uint32_t, Task> tasks_;  // by tid
  std::unordered_map<std::uint64_t, std::string> cgroups_;
  std::uint32_t self_pid_ = 0;
  std::uint64_t from_ns_ = 0;
  std::uint64_t until_ns_ = ~std::uint64_t{0};
  bool has_begun_ = false;
  bool has_ended_ = false;
  RecordBuffer made_;
  std::vector<RecordView> views_;
};

// Does the name match a pattern of * and ? by the rules of the kernel side?
bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace hoodtrace
