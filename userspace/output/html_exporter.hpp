// SPDX-License-Identifier: GPL-2.0-or-later
// One HTML page, complete in itself: the lives of processes over time, drawn by the scripts in
// html/, which are embedded at build time. It loads nothing from anywhere.
//
// The page is written when the stream ends, from what is kept of each process: a strip of its time
// and its life, of kMaxProcesses at most: of more, those that failed, lived long or used the CPU;
// how many are left out is in the page. The options can ask for fewer, as those of procs do. The data
// is in the page as JSON without any '<', so that no name can end the script element; the scripts use
// it as text, never as markup.
#pragma once

#include <string>
#include <unordered_map>

#include "model/procs/tracker.hpp"
#include "model/sched/tracker.hpp"
#include "model/times/process_times.hpp"
#include "model/why/process_causes.hpp"
#include "output/exporter.hpp"
#include "view/report.hpp"

namespace hoodtrace {

class HtmlExporter : public Observer {
 public:
  static constexpr std::size_t kMaxProcesses = 8192;

  HtmlExporter(TaskTable& tasks, const ProcsOptions& procs);

  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId task) override;
  void finish(const StreamAccount& account, std::string& out) override;

 private:
  [[nodiscard]] std::unordered_map<LifeId, std::size_t> choose();
  Json process_json(const ProcessLife& life, const ProcessTime* time,
                    const std::unordered_map<LifeId, std::size_t>& places) const;
  // What its threads slept on longest, and their longest sleeps; null without causes.
  [[nodiscard]] Json causes_json(const ProcessLife& life) const;
  [[nodiscard]] Json sleeps_json(const ProcessLife& life) const;
  [[nodiscard]] Json phases_json(const ProcessLife& life) const;
  [[nodiscard]] Json since_start(std::uint64_t time_ns) const;
  [[nodiscard]] Json since_start(const std::optional<std::uint64_t>& time_ns) const;

  TaskTable& tasks_;
  ProcsOptions procs_;
  SchedTracker sched_;
  LifecycleTracker lives_;
  ProcessTimes times_;
  ProcessCauses causes_;
  bool has_causes_ = false;  // they were recorded
  Json head_;
  std::uint64_t started_ns_ = 0;
  std::uint64_t now_ns_ = 0;
  std::size_t found_ = 0;  // that were asked for
};

}  // namespace hoodtrace
