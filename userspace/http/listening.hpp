// SPDX-License-Identifier: GPL-2.0-or-later
// A socket that listens, from an address as typed.
#pragma once

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

struct Listening {
  Fd socket;
  std::string address;  // for a person, with the port that it got
};

// "HOST:PORT", "[IPv6]:PORT", "unix:PATH", or "passed": the socket that systemd has opened (LISTEN_FDS).
Result<Listening> listen_on(const std::string& address);

}  // namespace hoodtrace
