// SPDX-License-Identifier: GPL-2.0-or-later
// Writes all bytes to a descriptor.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace hoodtrace {

// The exit code when the reader of our output has closed it: what a shell reports for SIGPIPE.
inline constexpr ErrorKind kClosedPipe{141};

// `name` is what the error calls the file. Retries short writes and EINTR.
Result<void> write_all(int fd, std::string_view bytes, std::string_view name);

}  // namespace hoodtrace
