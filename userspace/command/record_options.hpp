// SPDX-License-Identifier: GPL-2.0-or-later
// What record alone was asked for; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stream/recorder.hpp"

namespace hoodtrace {

struct RecordOptions {
  std::vector<std::string> families;  // as named
  RecordingForm form;
  std::string tee;                    // of viewing commands: record here what is viewed
  std::uint64_t ring_ns = 0;          // flight recorder: keep so much; 0 = write all
  std::uint64_t trigger_wait_ns = 0;  // write it when a wait is longer; 0 = no matter
  std::uint64_t trigger_fault_ns = 0;
};

}  // namespace hoodtrace
