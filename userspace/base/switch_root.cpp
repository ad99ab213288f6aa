// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/switch_root.hpp"

#include <unistd.h>

namespace hoodtrace {

std::string beyond_switch_root(const std::string& path) { return "/.." + path; }

bool is_in_initrd() {
  // systemd's own sign, and what our hook for initramfs-tools leaves.
  for (const char* sign : {"/etc/initrd-release", "/etc/hoodtrace-initrd"})
    if (::access(beyond_switch_root(sign).c_str(), F_OK) == 0) return true;
  return false;
}

}  // namespace hoodtrace
