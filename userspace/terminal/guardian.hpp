// SPDX-License-Identifier: GPL-2.0-or-later
// A process that gives the terminal back when this one could not: killed, or crashed.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.hpp"

namespace hoodtrace {

class Guardian {
 public:
  // `restore`: what to write to the terminal, standard output, so that it is as before. Its settings
  // (termios) are those at this call. Without a second process there is no guardian, and no error.
  explicit Guardian(const std::string& restore);
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  // Nothing is to be done: we have given it back ourselves.
  ~Guardian();

 private:
  Fd pipe_;
  pid_t pid_ = -1;
};

}  // namespace hoodtrace
