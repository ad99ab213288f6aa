// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/boot/parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "boot_templates.hpp"
#include "command/boot/paths.hpp"

namespace hoodtrace {
namespace {

std::string filled(std::string_view pattern,
                   const std::vector<std::pair<std::string_view, std::string>>& words) {
  std::string text(pattern);
  for (const auto& [name, value] : words)
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
      text.replace(at, name.size(), value);
  return text;
}

// Early services that no .wants folder names.
constexpr const char* kAlsoFirst[] = {
    "modprobe@configfs.service",   "modprobe@dm_mod.service",    "modprobe@drm.service",
    "modprobe@efi_pstore.service", "modprobe@fuse.service",      "modprobe@loop.service",
    "systemd-fsck-root.service",   "systemd-remount-fs.service", "systemd-udevd.service",
    "systemd-journald.service",    "local-fs-pre.target",        "dracut-cmdline.service",
    "dracut-cmdline-ask.service",  "dracut-pre-udev.service"};

}  // namespace

std::vector<std::string> first_units(const std::string& root) {
  std::set<std::string> units(std::begin(kAlsoFirst), std::end(kAlsoFirst));
  for (const char* folder :
       {"/usr/lib/systemd/system/", "/lib/systemd/system/", "/etc/systemd/system/"})
    for (const char* target : {"sysinit.target.wants", "local-fs.target.wants"}) {
      std::error_code error;
      for (const auto& entry :
           std::filesystem::directory_iterator(below(root, folder) + target, error)) {
        const std::string name = entry.path().filename().string();
        // Targets are reached by what they want; ours is not to wait for itself.
        const bool runs =
            name.ends_with(".service") || name.ends_with(".mount") || name.ends_with(".swap");
        if (runs && name != kBootUnit && name.find_first_of(" \t\n%") == std::string::npos)
          units.insert(name);
      }
    }
  return {units.begin(), units.end()};
}

std::string capture_words(const BootOptions& options) {
  std::string words =
      fmt::format("--until {} --limit {}s --limit {} --families {}", options.until,
                  options.limit_ns / 1'000'000'000, options.limit_bytes, options.families);
  if (options.no_argv) words += " --no-argv";
  if (options.kmsg) words += " --kmsg";
  words += options.once ? "" : fmt::format(" --every {}", options.keep);
  return words;
}

std::vector<BootPart> boot_parts(const BootOptions& options, const std::string& binary,
                                 const InitrdTools& tools,
                                 const std::vector<std::string>& first_units) {
  // Nothing waits: then only the report of a finished start does, and a minute is soon enough.
  const std::uint64_t hold_ms = options.hold_ns == 0 ? 60'000 : options.hold_ns / 1'000'000;
  const std::string order = options.hold_ns == 0
                                ? std::string("# (--hold 0)")
                                : fmt::format("Before={}", fmt::join(first_units, " "));
  const std::string words = capture_words(options);
  const auto unit = [&](const std::string& exec) {
    return filled(kUnitTemplate, {{"#EXEC#", exec},
                                  {"#OPTIONS#", words},
                                  {"#ORDER#", order},
                                  {"#HOLD#", fmt::format("{}ms", hold_ms)}});
  };
  std::vector<BootPart> parts{{kBootUnitFile, unit(binary)}};
  if (!options.initrd) return parts;
  const std::vector<std::pair<std::string_view, std::string>> names = {
      {"#BINARY#", binary},
      {"#OPTIONS#", words},
      {"#CAPTURING#", kBootCapturing},
      {"#HOLD_TENTHS#", std::to_string(options.hold_ns / 100'000'000)}};
  if (tools.dracut) {
    const std::string folder = kDracutModule;
    parts.push_back({folder + "/module-setup.sh", filled(kDracutTemplate, names), 0755});
    // An argv[0] with @ is what keeps a process alive over the switch of the root.
    parts.push_back({folder + "/hoodtrace-boot.service", unit("@" + binary + " @hoodtrace")});
  }
  if (tools.initramfs_tools) {
    parts.push_back({kInitramfsHook, filled(kInitramfsHookTemplate, names), 0755});
    parts.push_back({kInitramfsScript, filled(kInitramfsScriptTemplate, names), 0755});
  }
  return parts;
}

}  // namespace hoodtrace
