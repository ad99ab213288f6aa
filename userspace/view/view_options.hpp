// SPDX-License-Identifier: GPL-2.0-or-later
// How the user wants to see a view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hoodtrace {

enum class Grouping {
  kThread,
  kProcess,
  kComm,
  kCgroup,
  kCpu,
  kMapping,
  kAddress,
  kDevice,
  kFile,
  kTask,
  kOp
};

// The word for it on the command line.
constexpr std::string_view grouping_word(Grouping by) {
  switch (by) {
    case Grouping::kThread:
      return "thread";
    case Grouping::kProcess:
      return "process";
    case Grouping::kComm:
      return "comm";
    case Grouping::kCgroup:
      return "cgroup";
    case Grouping::kCpu:
      return "cpu";
    case Grouping::kMapping:
      return "mapping";
    case Grouping::kAddress:
      return "address";
    case Grouping::kDevice:
      return "device";
    case Grouping::kFile:
      return "file";
    case Grouping::kTask:
      return "task";
    case Grouping::kOp:
      return "op";
  }
  return "?";
}

struct ViewOptions {
  Grouping by = Grouping::kThread;
  std::string sort;                // a column's key; empty = the view's own order
  std::optional<std::size_t> top;  // rows; 0 = all; unset = all but in a text table
  bool histogram = false;
  // Named as waited behind, in a row of the JSON schema of sched; the rest is one; 0 = any number.
  std::size_t most_culprits = 16;
  bool start_times = false;  // tables of tasks have a hidden column of when each was started
  // The tid, or of rows of processes the pid, that has a row however few are shown; 0 = none.
  std::uint32_t always = 0;
  bool json = false;  // the JSON body is wanted, and the tables are not
  bool text = false;  // for a person: tables are cut to `top`
};

}  // namespace hoodtrace
