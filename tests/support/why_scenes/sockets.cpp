// SPDX-License-Identifier: GPL-2.0-or-later
// Sockets: data of a sender on this machine, a connection that nobody accepts.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

struct Listener {
  explicit Listener(int backlog) {
    fd = ::socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(fd, backlog) != 0)
      cannot("no network");
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  }
  [[nodiscard]] int connect(int flags) const {
    const int to = ::socket(AF_INET, SOCK_STREAM | flags, 0);
    (void)!::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return to;
  }
  sockaddr_in address{};
  int fd = -1;
};

// "sender" sends a byte after each sleep, "receiver" waits for it.
void send_and_receive(const Script& script, Notes& notes, int sending, int receiving) {
  const std::uint64_t count = script.number("count", 10);
  const std::uint64_t us = script.number("ms", 20) * 1000;
  const pid_t sender = notes.fork("sender", [&] {
    ::close(receiving);
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(us);
      ::send(sending, "x", 1, 0);
    }
  });
  const pid_t receiver = notes.fork("receiver", [&] {
    ::close(sending);
    char byte = 0;
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "receive");
      ::recv(receiving, &byte, 1, 0);
    }
  });
  ::waitpid(sender, nullptr, 0);
  ::waitpid(receiver, nullptr, 0);
}

}  // namespace

void play_tcp(const Script& script, Notes& notes) {
  const Listener listener(4);
  const int sending = listener.connect(0);
  const int receiving = ::accept(listener.fd, nullptr, nullptr);
  if (receiving < 0) cannot("no network");
  const int on = 1;
  ::setsockopt(sending, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  notes.fact("port", ntohs(listener.address.sin_port));
  send_and_receive(script, notes, sending, receiving);
}

// The listener's queue is full, so the handshake is not answered; SO_SNDTIMEO ends the wait.
void play_connect(const Script& script, Notes& notes) {
  const Listener listener(0);
  std::vector<int> queued;
  for (int i = 0; i < 4; i++) queued.push_back(listener.connect(SOCK_NONBLOCK));
  sleep_us(20'000);
  notes.fact("port", ntohs(listener.address.sin_port));
  notes
      .start("connector",
             [&] {
               const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
               const timeval limit{0, static_cast<long>(script.number("ms", 200) * 1000)};
               ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
               const Waiting waiting(notes, "connect");
               (void)!::connect(fd, reinterpret_cast<const sockaddr*>(&listener.address),
                                sizeof(listener.address));
             })
      .join();
}

void play_unix(const Script& script, Notes& notes) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  notes.fact("made_by", static_cast<std::uint64_t>(::getpid()));
  send_and_receive(script, notes, ends[0], ends[1]);
}

}  // namespace why_scenes
