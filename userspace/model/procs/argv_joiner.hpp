// SPDX-License-Identifier: GPL-2.0-or-later
// The argv of each exec, joined from its pieces, for readers that keep no lives.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "event/event.hpp"
#include "model/procs/program.hpp"

namespace hoodtrace {

struct JoinedExec {
  std::uint32_t tid = 0;
  std::uint32_t pid = 0;
  std::uint16_t cpu = 0;
  Program program;
};

class ArgvJoiner {
 public:
  void on(const ht_program& record);
  void on(const ht_argv& argv);

  // Those whose argv is complete, or will not be completed: its task has executed another program,
  // or too many came since.
  std::vector<JoinedExec> take();
  // All that are left, at the end of the stream.
  std::vector<JoinedExec> take_all();

 private:
  // The pieces follow the exec directly; only execs on other CPUs can be in between.
  static constexpr std::size_t kMaxOpen = 64;

  std::deque<JoinedExec> open_;
  std::vector<JoinedExec> done_;
};

}  // namespace hoodtrace
