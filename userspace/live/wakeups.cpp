// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/wakeups.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

sigset_t end_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  return set;
}

// timeout(1) signals its child, and then its group: two of one wish.
constexpr std::uint64_t kOneWishNs = 300'000'000;

std::uint64_t end_asked_ns = 0;

void end_at_once(int signal) {
  if (boot_clock_ns() - end_asked_ns < kOneWishNs) return;
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

}  // namespace

Result<Wakeups> Wakeups::create(bool marks) {
  Wakeups wakeups;
  wakeups.epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  sigset_t set = end_signals();
  if (marks) ::sigaddset(&set, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  wakeups.signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  RETURN_IF_ERROR(wakeups.watch(wakeups.signals_.get(), kSignal));
  return wakeups;
}

Result<void> Wakeups::watch(int fd, Tag tag) {
  epoll_event event{};
  event.events = EPOLLIN | (tag == kRing ? static_cast<std::uint32_t>(EPOLLET) : 0U);
  event.data.u64 = static_cast<std::uint64_t>(tag) << 32 | static_cast<std::uint32_t>(fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return failed(fmt::format("epoll_ctl: {}", std::strerror(errno)));
  return {};
}

Result<void> Wakeups::watch_ring(int fd) { return watch(fd, kRing); }

Result<void> Wakeups::watch_command(int pidfd) { return watch(pidfd, kCommand); }

Result<void> Wakeups::watch_processes(std::vector<Fd> pidfds) {
  processes_ = std::move(pidfds);
  left_ = processes_.size();
  for (const Fd& process : processes_) RETURN_IF_ERROR(watch(process.get(), kProcess));
  return {};
}

void Wakeups::take_signal() {
  signalfd_siginfo info{};
  (void)!::read(signals_.get(), &info, sizeof(info));
  if (info.ssi_signo == SIGUSR1) {
    mark_asked_ = true;
    return;
  }
  if (stop_asked_) return;
  stop_asked_ = true;
  end_asked_ns = boot_clock_ns();
  struct sigaction action {};
  action.sa_handler = end_at_once;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  const sigset_t set = end_signals();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

Result<void> Wakeups::wait(std::uint64_t until_ns) {
  const std::uint64_t now_ns = boot_clock_ns();
  const std::uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  const timespec timeout{static_cast<time_t>(left_ns / 1'000'000'000),
                         static_cast<long>(left_ns % 1'000'000'000)};
  std::array<epoll_event, 16> events;
  const int count = static_cast<int>(::syscall(SYS_epoll_pwait2, epoll_.get(), events.data(),
                                               events.size(), &timeout, nullptr, 0));
  if (count < 0 && errno != EINTR)
    return failed(fmt::format("epoll_pwait2: {}", std::strerror(errno)));
  for (int i = 0; i < count; i++) {
    const std::uint64_t what = events[static_cast<std::size_t>(i)].data.u64;
    if (what >> 32 == kSignal) take_signal();
    if (what >> 32 != kProcess) continue;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, static_cast<int>(static_cast<std::uint32_t>(what)),
                nullptr);
    left_--;
  }
  return {};
}

}  // namespace hoodtrace
