// SPDX-License-Identifier: GPL-2.0-or-later
// Asks systemd's manager over its private socket, where root needs no bus daemon; else over the
// system bus.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

struct SystemdConnection;

class SystemdBus {
 public:
  static Result<SystemdBus> connect();
  SystemdBus(SystemdBus&&) noexcept;
  SystemdBus& operator=(SystemdBus&&) noexcept;
  ~SystemdBus();

  // "active", "inactive", ... of a unit.
  Result<std::string> active_state(const std::string& unit);

  // The start is over and no job is left.
  Result<bool> is_idle();

  // An ht_boot_phases record.
  Result<void> add_phases(RecordBuffer& out);

  // An ht_boot_unit record for each unit that was ever active or activating.
  Result<void> add_units(bool in_initrd, RecordBuffer& out);

 private:
  explicit SystemdBus(std::unique_ptr<SystemdConnection> connection);

  std::unique_ptr<SystemdConnection> connection_;
};

}  // namespace hoodtrace
