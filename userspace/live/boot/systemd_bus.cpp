// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/systemd_bus.hpp"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "base/result.hpp"
#include "base/switch_root.hpp"
#include "live/boot/libsystemd.hpp"
#include "live/boot/systemd_unit.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

constexpr const char* kService = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";
// A manager that is busy for longer is not waited for.
constexpr std::uint64_t kPatienceUs = 5'000'000;

Error bus_error(std::string_view what, int error) {
  return failed(fmt::format("the service manager: {}: {}", what, std::strerror(-error)));
}

// On the manager's object; 0 when it has no such property.
std::uint64_t manager_number(const SystemdConnection& manager, const char* name, char type) {
  std::uint64_t value = 0;
  if (type == 'u') {
    std::uint32_t narrow = 0;
    if (manager.lib.sd_bus_get_property_trivial(manager.bus, kService, kManagerPath, kManager, name,
                                                nullptr, 'u', &narrow) < 0)
      return 0;
    return narrow;
  }
  return manager.lib.sd_bus_get_property_trivial(manager.bus, kService, kManagerPath, kManager,
                                                 name, nullptr, type, &value) < 0
             ? 0
             : value;
}

std::string manager_text(const SystemdConnection& manager, const char* name) {
  char* text = nullptr;
  if (manager.lib.sd_bus_get_property_string(manager.bus, kService, kManagerPath, kManager, name,
                                             nullptr, &text) < 0)
    return {};
  std::string copy(text);
  ::free(text);
  return copy;
}

std::string unit_path(const Libsystemd& lib, const std::string& unit) {
  char* path = nullptr;
  if (lib.sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path) < 0) return {};
  std::string copy(path);
  ::free(path);
  return copy;
}

}  // namespace

SystemdBus::SystemdBus(std::unique_ptr<SystemdConnection> connection)
    : connection_(std::move(connection)) {}
SystemdBus::SystemdBus(SystemdBus&&) noexcept = default;
SystemdBus& SystemdBus::operator=(SystemdBus&&) noexcept = default;
SystemdBus::~SystemdBus() = default;

Result<SystemdBus> SystemdBus::connect() {
  const Result<Libsystemd> loaded = Libsystemd::load();
  if (!loaded) return loaded.error();
  const Libsystemd& lib = *loaded;
  int error = 0;
  // The private socket of root first. On the bus, the client says hello; on the private socket
  // nobody listens.
  for (const bool is_private : {true, false}) {
    auto made = std::make_unique<SystemdConnection>(lib);
    error = lib.sd_bus_new(&made->bus);
    if (error < 0) return bus_error("sd_bus_new", error);
    const std::string address =
        "unix:path=" +
        beyond_switch_root(is_private ? "/run/systemd/private" : "/run/dbus/system_bus_socket");
    error = lib.sd_bus_set_address(made->bus, address.c_str());
    if (error >= 0 && !is_private) error = lib.sd_bus_set_bus_client(made->bus, 1);
    if (error >= 0) error = lib.sd_bus_start(made->bus);
    if (error < 0) continue;
    lib.sd_bus_set_method_call_timeout(made->bus, kPatienceUs);
    // The connection is made in the background: the first answer proves that it is established.
    if (!manager_text(*made, "Version").empty()) return SystemdBus(std::move(made));
    error = -ECONNREFUSED;
  }
  return bus_error("connect", error);
}

Result<std::string> SystemdBus::active_state(const std::string& unit) {
  const Libsystemd& lib = connection_->lib;
  char* state = nullptr;
  const int error =
      lib.sd_bus_get_property_string(connection_->bus, kService, unit_path(lib, unit).c_str(),
                                     kUnit, "ActiveState", nullptr, &state);
  if (error < 0) return bus_error(unit, error);
  std::string copy(state);
  ::free(state);
  return copy;
}

Result<bool> SystemdBus::is_idle() {
  const std::string state = manager_text(*connection_, "SystemState");
  if (state.empty()) return bus_error("SystemState", -ENOTCONN);
  return state != "initializing" && state != "starting" &&
         manager_number(*connection_, "FinishTimestampMonotonic", 't') != 0 &&
         manager_number(*connection_, "NJobs", 'u') == 0;
}

Result<void> SystemdBus::add_phases(RecordBuffer& out) {
  const SystemdConnection& manager = *connection_;
  const std::string version = manager_text(manager, "Version");
  if (version.empty()) return bus_error("Version", -ENOTCONN);
  const SystemdClock clock;
  ht_boot_phases phases{};
  phases.head = {boot_clock_ns(), 0, HT_BOOT_PHASES, HT_NO_CPU};
  // These two count backwards from the kernel's start.
  const std::uint64_t firmware_us = manager_number(manager, "FirmwareTimestampMonotonic", 't');
  const std::uint64_t loader_us = manager_number(manager, "LoaderTimestampMonotonic", 't');
  phases.firmware_ns = firmware_us > loader_us ? (firmware_us - loader_us) * 1000 : 0;
  phases.loader_ns = loader_us * 1000;
  phases.initrd_ns = clock.at(manager_number(manager, "InitRDTimestampMonotonic", 't'));
  phases.userspace_ns = clock.at(manager_number(manager, "UserspaceTimestampMonotonic", 't'));
  phases.finish_ns = clock.at(manager_number(manager, "FinishTimestampMonotonic", 't'));
  std::string tail;
  const auto say = [&tail](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    tail.append(key).push_back('\0');
    tail.append(value).push_back('\0');
  };
  say("version", version);
  say("state", manager_text(manager, "SystemState"));
  say("virtualization", manager_text(manager, "Virtualization"));
  out.add(phases, tail);
  return {};
}

Result<void> SystemdBus::add_units(bool in_initrd, RecordBuffer& out) {
  const Libsystemd& lib = connection_->lib;
  sd_bus_message* answer = nullptr;
  sd_bus_error details = SD_BUS_ERROR_NULL;
  int error = lib.sd_bus_call_method(connection_->bus, kService, kManagerPath, kManager,
                                     "ListUnits", &details, &answer, "");
  lib.sd_bus_error_free(&details);
  if (error < 0) return bus_error("ListUnits", error);
  std::vector<std::pair<std::string, std::string>> units;  // name, object path
  error = lib.sd_bus_message_enter_container(answer, 'a', "(ssssssouso)");
  while (error >= 0) {
    const char *name, *description, *load, *active, *sub, *following, *path, *job_type, *job_path;
    std::uint32_t job = 0;
    error = lib.sd_bus_message_read(answer, "(ssssssouso)", &name, &description, &load, &active,
                                    &sub, &following, &path, &job, &job_type, &job_path);
    if (error <= 0) break;
    // A device has many unit names; all follow one of them.
    if (*following == '\0') units.emplace_back(name, path);
  }
  lib.sd_bus_message_unref(answer);
  if (error < 0) return bus_error("ListUnits", error);
  const std::uint64_t now_ns = boot_clock_ns();
  for (const auto& [name, path] : units)
    RETURN_IF_ERROR(add_systemd_unit(*connection_, {name, path, in_initrd, now_ns}, out));
  return {};
}

}  // namespace hoodtrace
