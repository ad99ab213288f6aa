// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace in a container: its pid namespace's numbers, and the initial one's that all else uses.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "live/bpf_object.hpp"

namespace hoodtrace {

class OwnPids {
 public:
  // Outside of containers there is nothing to read: both numbers are the same. `btf_path` as in the
  // request. Knows the tasks that exist now.
  static Result<OwnPids> read(const std::string& btf_path);

  // The initial namespace's number of a task or process that we call `own`; 0 = no such task.
  [[nodiscard]] std::uint32_t global(std::uint32_t own) const;
  // The reverse; 0 = not visible from here.
  [[nodiscard]] std::uint32_t own(std::uint32_t global) const;

  // Both numbers are the same.
  [[nodiscard]] bool are_initial() const { return same_; }

  // Replaces our numbers in a filter by the initial namespace's. An error names the task that has
  // ended.
  Result<void> translate(KernelFilter& filter) const;

 private:
  bool same_ = true;
  std::unordered_map<std::uint32_t, std::uint32_t> global_of_;
  std::unordered_map<std::uint32_t, std::uint32_t> own_of_;
};

}  // namespace hoodtrace
