// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace boot.

#include "command/boot/boot.hpp"

#include "command/command_table.hpp"

namespace hoodtrace {

Result<void> complete_boot(Options& options) {
  if (options.boot.families.empty()) options.trace.families = {Family::kLife, Family::kSched};
  return {};
}

Result<int> run_boot(const Options& options, const Environment& environment) {
  switch (options.boot.action) {
    case BootAction::kEnable:
      return enable_boot(options);
    case BootAction::kDisable:
      return disable_boot(options);
    case BootAction::kStatus:
      return show_boot_status(options);
    case BootAction::kCapture:
      return capture_boot(options, environment);
    case BootAction::kReport:
      break;
  }
  return report_boot(options, environment);
}

}  // namespace hoodtrace
