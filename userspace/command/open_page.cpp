// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/open_page.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <cstring>

#include "base/text.hpp"

namespace hoodtrace {

Result<void> open_page(const std::string& path) {
  std::string opener = "xdg-open";
  std::string page = path;
  char* const arguments[] = {opener.data(), page.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, opener.c_str(), nullptr, nullptr, arguments, environ);
  if (error == 0) return {};
  return failed(fmt::format("cannot start a browser ({}: {}); open {} in one", opener,
                            std::strerror(error), printable(path)));
}

}  // namespace hoodtrace
