// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/socket_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace hoodtrace {

std::string format_socket_address(int family, const std::uint8_t* bytes, std::uint16_t port) {
  char text[INET6_ADDRSTRLEN] = "?";
  ::inet_ntop(family, bytes, text, sizeof(text));
  return family == AF_INET6 ? fmt::format("[{}]:{}", text, port) : fmt::format("{}:{}", text, port);
}

}  // namespace hoodtrace
