// SPDX-License-Identifier: GPL-2.0-or-later
// The files that `hoodtrace boot enable` puts in place, from the templates in scripts/.
#pragma once

#include <string>
#include <vector>

#include "command/boot/options.hpp"

namespace hoodtrace {

struct BootPart {
  std::string path;  // below the root
  std::string text;
  unsigned mode = 0644;
};

// The words of `hoodtrace boot capture` that do what the options ask for.
std::string capture_words(const BootOptions& options);

// The unit, and with options.initrd the parts for dracut or initramfs-tools, whichever is present.
struct InitrdTools {
  bool dracut = false;
  bool initramfs_tools = false;
};
// `first_units` are ordered behind the capture.
std::vector<BootPart> boot_parts(const BootOptions& options, const std::string& binary,
                                 const InitrdTools& tools,
                                 const std::vector<std::string>& first_units);

// The units that start first on the system below `root`: everything that sysinit.target and
// local-fs.target want, directly or indirectly.
std::vector<std::string> first_units(const std::string& root);

}  // namespace hoodtrace
