// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/write_all.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hoodtrace {

Result<void> write_all(int fd, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Error{errno == EPIPE ? kClosedPipe : ErrorKind::kFailed,
                   fmt::format("cannot write {}: {}", name, std::strerror(errno))};
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace hoodtrace
