// SPDX-License-Identifier: GPL-2.0-or-later
// Runs of the real hoodtrace on a workload of its own.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/kernel_counters.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

// Why live tests cannot run here; empty when they can. For GTEST_SKIP.
std::string why_no_live();

std::string workload_path();
std::string why_scenes_path();

// One run's outcome. A report that is missing or is no JSON leaves `reports` empty, with the reason
// in `error`.
struct TracedRun {
  int exit_code = -1;
  std::vector<Json> reports;  // a line each
  Json truth;                 // what the workload printed
  std::string error;          // hoodtrace's standard error

  [[nodiscard]] const Json& report() const;
  // The row of a thread; an empty object when it has none.
  [[nodiscard]] Json row(pid_t tid) const;
};

// hoodtrace ARGS --format json -o FILE -- COMMAND, which prints JSON or nothing.
TracedRun trace_command(const Words& arguments, const Words& command);
// The same of the workload.
TracedRun trace_workload(const Words& arguments, const Words& workload);

// A workload that waits at its gate (see tests/support/workload/stage.hpp): alive before and after.
class GatedWorkload {
 public:
  explicit GatedWorkload(const Words& words);
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  // All of its threads sleep at the gate (or have ended): their counters do not change.
  [[nodiscard]] bool is_ready() const { return ready_; }
  bool play();   // lets it work, and waits until all is done
  void begin();  // lets it work, and does not wait
  Json finish();

  // By tid, of the time between is_ready() and the end of play().
  [[nodiscard]] std::map<pid_t, KernelCounters> counters() const;

 private:
  ChildProcess process_;
  bool ready_ = false;
  std::map<pid_t, KernelCounters> before_;
  std::map<pid_t, KernelCounters> after_;
};

// hoodtrace, started on something that lives already.
class LiveTrace {
 public:
  // hoodtrace ARGS -o FILE; returns when it is attached.
  explicit LiveTrace(const Words& arguments);
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] bool is_attached() const { return attached_; }
  [[nodiscard]] std::string file() const { return folder_.file("out"); }
  // As by Ctrl-C; the exit code.
  int stop();
  // Waits for its own end.
  int wait();
  [[nodiscard]] std::string text() const;  // of FILE
  [[nodiscard]] TracedRun run() const;     // FILE as JSON
  [[nodiscard]] const std::string& error() const { return process_.error(); }

 private:
  TemporaryFolder folder_;
  ChildProcess process_;
  bool attached_ = false;
  int exit_code_ = -1;
};

// Any hoodtrace command to its end; the output is what it printed.
struct Finished {
  int exit_code = -1;
  std::string output;
  std::string error;
};
Finished run_hoodtrace(const Words& arguments);

}  // namespace hoodtrace::testing
