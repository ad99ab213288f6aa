// SPDX-License-Identifier: GPL-2.0-or-later
// The options of record alone; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stream/recorder.hpp"

namespace hoodtrace {

struct RecordOptions {
  std::vector<std::string> families;  // as named
  RecordingForm form;
  std::string tee;            // of viewing commands: record here what is viewed
  std::uint64_t ring_ns = 0;  // flight recorder: keep so much; 0 = write all
  // When to write it: a wait, a fault or a zombie that lasts longer (0 = no matter), a process that
  // ends with a code other than 0, or by a signal.
  std::uint64_t trigger_wait_ns = 0;
  std::uint64_t trigger_fault_ns = 0;
  std::uint64_t trigger_zombie_ns = 0;
  std::uint64_t trigger_blocked_ns = 0;
  bool trigger_exit = false;
  bool trigger_signal = false;
  [[nodiscard]] bool has_trigger() const {
    return trigger_wait_ns != 0 || trigger_fault_ns != 0 || trigger_blocked_ns != 0 ||
           has_life_trigger();
  }
  [[nodiscard]] bool has_life_trigger() const {
    return trigger_zombie_ns != 0 || trigger_exit || trigger_signal;
  }
};

}  // namespace hoodtrace
