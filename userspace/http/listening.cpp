// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/listening.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

#include "base/socket_address.hpp"
#include "base/text.hpp"

namespace hoodtrace {
namespace {

constexpr int kBacklog = 128;
constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START, sd_listen_fds(3)

Error cannot_listen(const std::string& address, int error) {
  const char* hint = "";
  if (error == EADDRINUSE)
    hint = "; another program listens there: stop it, or give another address with --listen";
  const bool is_path = address.starts_with("unix:");
  if (error == EACCES && !is_path) hint = "; ports below 1024 need CAP_NET_BIND_SERVICE";
  if (error == EADDRNOTAVAIL) hint = "; this machine does not have that address";
  if (error == ENOENT && is_path) hint = "; make its folder first";
  return failed(
      fmt::format("cannot listen on {}: {}{}", printable(address), std::strerror(error), hint));
}

Result<Listening> listen_at_path(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(to.sun_path))
    return usage(
        fmt::format("--listen unix:PATH takes a path of 1 to {} bytes", sizeof(to.sun_path) - 1));
  std::memcpy(to.sun_path, path.data(), path.size());
  // What an earlier run left behind; nothing but a socket that nobody answers is removed.
  struct stat status {};
  const bool is_there = ::lstat(path.c_str(), &status) == 0;
  if (is_there && !S_ISSOCK(status.st_mode))
    return failed(
        fmt::format("cannot listen on unix:{}: it is there, and it is not a socket; give another "
                    "path with --listen",
                    printable(path)));
  if (is_there) {
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0 &&
        errno == ECONNREFUSED)
      ::unlink(path.c_str());
  }
  Listening out{Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), "unix:" + path};
  if (!out.socket ||
      ::bind(out.socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0 ||
      ::listen(out.socket.get(), kBacklog) != 0)
    return cannot_listen(out.address, errno);
  return out;
}

// getaddrinfo() takes a port modulo 65536.
bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<Listening> take_passed() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr || std::atol(pid) != ::getpid() || std::atoi(count) != 1)
    return usage(
        "--listen passed takes the one socket of a systemd socket unit, and none was passed");
  return Listening{Fd(kFirstPassed), "the socket that was passed"};
}

std::string name_of(int socket) {
  sockaddr_storage at{};
  socklen_t size = sizeof(at);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) != 0) return "?";
  if (at.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(at);
    return format_socket_address(AF_INET6, v6.sin6_addr.s6_addr, ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(at);
  return format_socket_address(AF_INET, reinterpret_cast<const std::uint8_t*>(&v4.sin_addr),
                               ntohs(v4.sin_port));
}

}  // namespace

Result<Listening> listen_on(const std::string& address) {
  if (address == "passed") return take_passed();
  if (address.starts_with("unix:")) return listen_at_path(address.substr(5));
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size())
    return usage(fmt::format("--listen takes HOST:PORT, [IPv6]:PORT or unix:PATH; not '{}'",
                             printable(address)));
  if (!is_port(std::string_view(address).substr(colon + 1)))
    return usage(
        fmt::format("--listen {}: no port '{}'; a port is a number from 0 to 65535, and 0 "
                    "takes a free one",
                    printable(address), printable(address.substr(colon + 1))));
  std::string host = address.substr(0, colon);
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  addrinfo wish{};
  wish.ai_socktype = SOCK_STREAM;
  wish.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                  address.c_str() + colon + 1, &wish, &found);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  if (error != 0)
    return usage(fmt::format("--listen {}: {}; give HOST:PORT, such as 127.0.0.1:9464",
                             printable(address), ::gai_strerror(error)));
  Listening out{
      Fd(::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol)), ""};
  const int yes = 1;
  // A server that is started again must not wait for the old connections to time out.
  ::setsockopt(out.socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (!out.socket || ::bind(out.socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(out.socket.get(), kBacklog) != 0)
    return cannot_listen(address, errno);
  out.address = name_of(out.socket.get());
  return out;
}

}  // namespace hoodtrace
