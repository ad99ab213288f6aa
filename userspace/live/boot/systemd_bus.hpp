// SPDX-License-Identifier: GPL-2.0-or-later
// Asks systemd's manager over its private socket, where root needs no bus daemon; else over the
// system bus.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "stream/record_buffer.hpp"

struct sd_bus;

namespace hoodtrace {

class SystemdBus {
 public:
  static Result<SystemdBus> connect();

  // "active", "inactive", ... of a unit.
  Result<std::string> active_state(const std::string& unit);

  // The start is over and no job is left.
  Result<bool> is_idle();

  // An ht_boot_phases record.
  Result<void> add_phases(RecordBuffer& out);

  // An ht_boot_unit record for each unit that was ever active or activating.
  Result<void> add_units(bool in_initrd, RecordBuffer& out);

 private:
  struct Close {
    void operator()(sd_bus* bus) const;
  };
  explicit SystemdBus(sd_bus* bus) : bus_(bus) {}

  std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace hoodtrace
