// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a recording slice by slice for `diff`.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.hpp"
#include "model/diff/samples.hpp"
#include "probe/family_table.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

// What numbers are divided by.
struct DiffWork {
  enum class Kind : std::uint8_t { kSecond, kFork, kExec, kCall };
  Kind kind = Kind::kSecond;
  std::string call;  // kCall: the system call's name

  [[nodiscard]] std::string word() const;  // "s", "fork", "accept4"
};
Result<DiffWork> parse_work(const std::string& text);

struct DiffRecording {
  DiffSamples samples;
  std::string target;  // hostile
  Families families;
  std::uint64_t duration_ns = 0;
  std::map<std::string, std::uint64_t> lost;
};

// `name` is for messages.
Result<DiffRecording> read_for_diff(Source& source, const std::string& name, const DiffWork& work);

}  // namespace hoodtrace
