// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/many_files.hpp"

#include <sys/resource.h>

namespace hoodtrace {

void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace hoodtrace
