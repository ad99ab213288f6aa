// SPDX-License-Identifier: GPL-2.0-or-later
// An internet address as text.
#pragma once

#include <cstdint>
#include <string>

namespace hoodtrace {

// "10.0.0.1:80", "[::1]:80". `family` is AF_INET or AF_INET6, `bytes` the 4 or 16 of the address in
// network order.
std::string format_socket_address(int family, const std::uint8_t* bytes, std::uint16_t port);

}  // namespace hoodtrace
