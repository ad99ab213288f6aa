// SPDX-License-Identifier: GPL-2.0-or-later
// In place of systemd_bus.cpp where the build found no libsystemd.
#include "base/result.hpp"
#include "live/boot/systemd_bus.hpp"

namespace hoodtrace {

struct SystemdConnection {};

namespace {

Error not_built_in() {
  return failed(
      "the service manager: hoodtrace was built without libsystemd; units are not recorded");
}

}  // namespace

SystemdBus::SystemdBus(SystemdBus&&) noexcept = default;
SystemdBus& SystemdBus::operator=(SystemdBus&&) noexcept = default;
SystemdBus::~SystemdBus() = default;
Result<SystemdBus> SystemdBus::connect() { return not_built_in(); }
Result<std::string> SystemdBus::active_state(const std::string&) { return not_built_in(); }
Result<bool> SystemdBus::is_idle() { return not_built_in(); }
Result<void> SystemdBus::add_phases(RecordBuffer&) { return not_built_in(); }
Result<void> SystemdBus::add_units(bool, RecordBuffer&) { return not_built_in(); }

}  // namespace hoodtrace
