// SPDX-License-Identifier: GPL-2.0-or-later
// One unit's properties, as an ht_boot_unit record.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "live/boot_clock.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

struct SystemdConnection;

// The manager's times are CLOCK_MONOTONIC in microseconds; the stream's are CLOCK_BOOTTIME.
class SystemdClock {
 public:
  SystemdClock() : suspended_ns_(boot_clock_ns() - clock_ns(CLOCK_MONOTONIC)) {
    // The two clocks are not read at the same moment: a smaller difference is no suspend.
    if (suspended_ns_ < 100'000'000) suspended_ns_ = 0;
  }
  // 0 stays 0: it did not happen.
  [[nodiscard]] std::uint64_t at(std::uint64_t monotonic_us) const {
    return monotonic_us == 0 ? 0 : monotonic_us * 1000 + suspended_ns_;
  }

 private:
  std::uint64_t suspended_ns_;
};

struct SystemdUnit {
  std::string name;
  std::string path;  // of the object
  bool in_initrd = false;
  std::uint64_t now_ns = 0;  // of the record
};

// Nothing is added for a unit that was never active nor activating. A unit that was removed
// meanwhile is no error; a manager that does not answer is one.
Result<void> add_systemd_unit(const SystemdConnection& manager, const SystemdUnit& unit,
                              RecordBuffer& out);

}  // namespace hoodtrace
