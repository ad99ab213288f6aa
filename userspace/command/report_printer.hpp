// SPDX-License-Identifier: GPL-2.0-or-later
// Passes the stream to a view, prints its lines at once and its report at each tick.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "command/options.hpp"
#include "command/recorded_families.hpp"
#include "event/session_words.hpp"
#include "model/cpu_gaps.hpp"
#include "output/observer.hpp"
#include "output/sink.hpp"

namespace hoodtrace {

class ReportPrinter : public Observer {
 public:
  // All of them must outlive this.
  ReportPrinter(const Options& options, const Sink& sink, TaskTable& tasks, StreamAccount& account,
                Observer& view);

  void begin(std::string& out) override { view_.begin(out); }
  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId task) override { view_.fold(task); }
  SchedTracker* follows_switches() override { return view_.follows_switches(); }
  // The recording does not have what the view needs: nothing was printed.
  [[nodiscard]] const Result<void>& failure() const { return failure_; }
  // A stream that was cut off has no last tick: what is known is reported all the same.
  void finish(const StreamAccount& account, std::string& out) override;

 private:
  void on_tick(const ht_tick& tick, std::string& out);
  void print(std::uint64_t now_ns, bool is_last, std::string& out);
  // As the terminal can show it.
  [[nodiscard]] std::string shown(std::string text) const;
  [[nodiscard]] std::string wrapped(const std::string& lines) const;

  const Options& options_;
  TaskTable& tasks_;
  StreamAccount& account_;
  Observer& view_;
  std::size_t columns_;
  std::unique_ptr<Renderer> renderer_;
  CpuGaps gaps_;
  SessionText session_;
  RecordedFamilies families_;
  Result<void> failure_;
  std::string lines_;
  std::uint64_t started_ns_ = 0;
  std::uint64_t session_ns_ = 0;
  bool has_events_ = false;
  bool is_before_window_ = false;        // nothing is printed yet
  std::optional<std::uint64_t> end_ns_;  // the tracing's end
};

}  // namespace hoodtrace
