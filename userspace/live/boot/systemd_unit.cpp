// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/systemd_unit.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>

#include "live/boot/libsystemd.hpp"

namespace hoodtrace {
namespace {

constexpr const char* kService = "org.freedesktop.systemd1";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

// Walks the a{sv} of GetAll: `take` reads the variant of a property that it knows and returns how
// that went, or kSkip.
constexpr int kSkip = 1000;
using Take = std::function<int(std::string_view name, sd_bus_message* message)>;

int get_all(const SystemdConnection& manager, const std::string& path, const char* interface,
            const Take& take) {
  const Libsystemd& lib = manager.lib;
  sd_bus_message* answer = nullptr;
  sd_bus_error details = SD_BUS_ERROR_NULL;
  int error = lib.sd_bus_call_method(manager.bus, kService, path.c_str(), kProperties, "GetAll",
                                     &details, &answer, "s", interface);
  lib.sd_bus_error_free(&details);
  if (error < 0) return error;
  error = lib.sd_bus_message_enter_container(answer, 'a', "{sv}");
  while (error >= 0 && (error = lib.sd_bus_message_enter_container(answer, 'e', "sv")) > 0) {
    const char* name = nullptr;
    error = lib.sd_bus_message_read_basic(answer, 's', static_cast<void*>(&name));
    if (error < 0) break;
    const int taken = take(name, answer);
    error = taken == kSkip ? lib.sd_bus_message_skip(answer, "v") : taken;
    if (error >= 0) error = lib.sd_bus_message_exit_container(answer);
  }
  lib.sd_bus_message_unref(answer);
  return error;
}

int read_strings(const Libsystemd& lib, sd_bus_message* message,
                 const std::function<void(const char*)>& each) {
  int error = lib.sd_bus_message_enter_container(message, 'v', "as");
  if (error >= 0) error = lib.sd_bus_message_enter_container(message, 'a', "s");
  const char* text = nullptr;
  while (error >= 0 &&
         (error = lib.sd_bus_message_read_basic(message, 's', static_cast<void*>(&text))) > 0)
    each(text);
  if (error >= 0) error = lib.sd_bus_message_exit_container(message);
  if (error >= 0) error = lib.sd_bus_message_exit_container(message);
  return error;
}

// Properties of services. Asking for the whole interface (some hundred properties) would cost the
// manager time.
template <class T>
T service_number(const SystemdConnection& manager, const std::string& path, const char* name,
                 char type) {
  T value{};
  manager.lib.sd_bus_get_property_trivial(manager.bus, kService, path.c_str(),
                                          "org.freedesktop.systemd1.Service", name, nullptr, type,
                                          &value);
  return value;
}

std::string property_text(const SystemdConnection& manager, const std::string& path,
                          const char* interface, const char* name) {
  char* text = nullptr;
  if (manager.lib.sd_bus_get_property_string(manager.bus, kService, path.c_str(), interface, name,
                                             nullptr, &text) < 0)
    return {};
  std::string copy(text);
  ::free(text);
  return copy;
}

void add_service(const SystemdConnection& manager, const std::string& path,
                 const SystemdClock& clock, ht_boot_unit& unit) {
  unit.flags |= HT_BOOT_UNIT_SERVICE;
  const auto time = [&](const char* name) {
    return clock.at(service_number<std::uint64_t>(manager, path, name, 't'));
  };
  unit.main_start_ns = time("ExecMainStartTimestampMonotonic");
  unit.main_exit_ns = time("ExecMainExitTimestampMonotonic");
  unit.main_pid = service_number<std::uint32_t>(manager, path, "ExecMainPID", 'u');
  if (unit.main_exit_ns == 0) return;
  unit.main_code =
      static_cast<__u32>(service_number<std::int32_t>(manager, path, "ExecMainCode", 'i'));
  unit.main_status =
      static_cast<__u32>(service_number<std::int32_t>(manager, path, "ExecMainStatus", 'i'));
}

// The interface that has a unit's Result and ControlGroup; null for kinds without.
const char* own_interface(std::string_view name) {
  const auto is = [name](std::string_view suffix) { return name.ends_with(suffix); };
  if (is(".service")) return "org.freedesktop.systemd1.Service";
  if (is(".mount")) return "org.freedesktop.systemd1.Mount";
  if (is(".socket")) return "org.freedesktop.systemd1.Socket";
  if (is(".swap")) return "org.freedesktop.systemd1.Swap";
  return nullptr;
}

}  // namespace

Result<void> add_systemd_unit(const SystemdConnection& manager, const SystemdUnit& wanted,
                              RecordBuffer& out) {
  const SystemdClock clock;
  ht_boot_unit unit{};
  unit.head = {wanted.now_ns, 0, HT_BOOT_UNIT, HT_NO_CPU};
  if (wanted.in_initrd) unit.flags |= HT_BOOT_UNIT_INITRD;
  std::string tail;
  const auto say = [&tail](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    tail.append(key).push_back('\0');
    tail.append(value).push_back('\0');
  };
  say("id", wanted.name);
  const auto take = [&](std::string_view name, sd_bus_message* message) {
    const auto time = [&](__u64& to) {
      std::uint64_t us = 0;
      const int error = manager.lib.sd_bus_message_read(message, "v", "t", &us);
      to = clock.at(us);
      return error;
    };
    const auto text = [&](std::string_view key) {
      const char* value = nullptr;
      const int error = manager.lib.sd_bus_message_read(message, "v", "s", &value);
      if (error >= 0) say(key, value);
      return error;
    };
    if (name == "InactiveExitTimestampMonotonic") return time(unit.activating_ns);
    if (name == "ActiveEnterTimestampMonotonic") return time(unit.active_ns);
    if (name == "ActiveExitTimestampMonotonic") return time(unit.deactivating_ns);
    if (name == "InactiveEnterTimestampMonotonic") return time(unit.inactive_ns);
    if (name == "ActiveState") return text("active");
    if (name == "SubState") return text("sub");
    if (name == "After")
      return read_strings(manager.lib, message, [&](const char* other) { say("after", other); });
    return kSkip;
  };
  const int error = get_all(manager, wanted.path, "org.freedesktop.systemd1.Unit", take);
  if (error == -ENOENT || error == -EBADR) return {};
  if (error < 0)
    return failed(fmt::format("the service manager: {}: {}", wanted.name, std::strerror(-error)));
  if (unit.activating_ns == 0 && unit.active_ns == 0 && unit.inactive_ns == 0) return {};
  if (const char* interface = own_interface(wanted.name); interface != nullptr) {
    const std::string result = property_text(manager, wanted.path, interface, "Result");
    if (result != "success") say("result", result);
    say("cgroup", property_text(manager, wanted.path, interface, "ControlGroup"));
  }
  if (wanted.name.ends_with(".service")) add_service(manager, wanted.path, clock, unit);
  out.add(unit, tail);
  return {};
}

}  // namespace hoodtrace
