// SPDX-License-Identifier: GPL-2.0-or-later
// Where the parts of `hoodtrace boot` lie, below a root.
#pragma once

#include <string>

namespace hoodtrace {

inline constexpr const char* kBootUnit = "hoodtrace-boot.service";
inline constexpr const char* kBootUnitFile = "/etc/systemd/system/hoodtrace-boot.service";
inline constexpr const char* kBootWantsFolder = "/etc/systemd/system/sysinit.target.wants";
inline constexpr const char* kBootWantsLink =
    "/etc/systemd/system/sysinit.target.wants/hoodtrace-boot.service";
inline constexpr const char* kBootFolder = "/var/log/hoodtrace";
// Used when that one cannot be written to; kept until power-off.
inline constexpr const char* kBootRunFolder = "/run/hoodtrace";
// What became of the last capture: a line of text.
inline constexpr const char* kBootOutcome = "/run/hoodtrace/boot-outcome";
// Exists while a capture runs.
inline constexpr const char* kBootCapturing = "/run/hoodtrace/boot-capturing";
inline constexpr const char* kDracutModule = "/usr/lib/dracut/modules.d/95hoodtrace";
inline constexpr const char* kInitramfsHook = "/etc/initramfs-tools/hooks/hoodtrace";
inline constexpr const char* kInitramfsScript = "/etc/initramfs-tools/scripts/init-top/hoodtrace";

// A root as in "/" or "/mnt" before an absolute path.
inline std::string below(const std::string& root, const std::string& path) {
  return (root.ends_with('/') ? root.substr(0, root.size() - 1) : root) + path;
}

}  // namespace hoodtrace
