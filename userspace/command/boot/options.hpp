// SPDX-License-Identifier: GPL-2.0-or-later
// What `hoodtrace boot` was asked to do; plain data.
#pragma once

#include <cstdint>
#include <string>

namespace hoodtrace {

enum class BootAction { kEnable, kDisable, kStatus, kReport, kCapture };

// A value of `until` that is no unit name: until the manager has no job left.
inline constexpr const char* kBootIdle = "idle";

struct BootOptions {
  BootAction action = BootAction::kReport;

  // enable, and passed on to capture
  std::string families = "procs,sched";
  std::string until = kBootIdle;
  std::uint64_t limit_ns = 300'000'000'000;  // of time
  std::uint64_t limit_bytes = 256 << 20;     // of the file
  std::uint64_t hold_ns = 3'000'000'000;  // the first units may wait for the probes; 0 = none waits
  bool no_argv = false;
  bool kmsg = false;
  bool once = true;        // disabled again by the capture
  std::uint32_t keep = 1;  // with --every: number of captures
  bool initrd = false;     // begin in the initrd
  std::string root = "/";  // enable, disable, status: another root file system than this one

  // report
  std::string file;      // empty = the last capture
  std::string html;      // write a timeline there
  std::string perfetto;  // write a trace there
};

}  // namespace hoodtrace
