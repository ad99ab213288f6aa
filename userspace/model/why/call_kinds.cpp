// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/call_kinds.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace hoodtrace {
namespace {

constexpr std::array kWaitForWork = {
    std::string_view("accept"),
    std::string_view("accept4"),
    std::string_view("clock_nanosleep"),
    std::string_view("clock_nanosleep_time64"),
    std::string_view("epoll_pwait"),
    std::string_view("epoll_pwait2"),
    std::string_view("epoll_wait"),
    std::string_view("epoll_wait_old"),
    std::string_view("io_getevents"),
    std::string_view("io_pgetevents"),
    std::string_view("io_uring_enter"),
    std::string_view("nanosleep"),
    std::string_view("pause"),
    std::string_view("poll"),
    std::string_view("ppoll"),
    std::string_view("ppoll_time64"),
    std::string_view("pselect6"),
    std::string_view("pselect6_time64"),
    std::string_view("rt_sigsuspend"),
    std::string_view("rt_sigtimedwait"),
    std::string_view("rt_sigtimedwait_time64"),
    std::string_view("select"),
    std::string_view("sigsuspend"),
    std::string_view("_newselect"),
    std::string_view("futex_waitv"),
};
constexpr std::array kReceive = {
    std::string_view("read"),
    std::string_view("readv"),
    std::string_view("pread64"),
    std::string_view("recv"),
    std::string_view("recvfrom"),
    std::string_view("recvmsg"),
    std::string_view("recvmmsg"),
    std::string_view("recvmmsg_time64"),
    std::string_view("splice"),
    std::string_view("tee"),
    std::string_view("msgrcv"),
    std::string_view("mq_timedreceive"),
    std::string_view("mq_timedreceive_time64"),
    std::string_view("semop"),
    std::string_view("semtimedop"),
    std::string_view("semtimedop_time64"),
    std::string_view("ipc"),
    std::string_view("futex_wait"),
};
constexpr std::array kSend = {
    std::string_view("write"),    std::string_view("writev"),  std::string_view("send"),
    std::string_view("sendto"),   std::string_view("sendmsg"), std::string_view("sendmmsg"),
    std::string_view("sendfile"),
};

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

CallKind kind_of(std::string_view name) {
  CallKind kind;
  kind.waits_for_work = is_in(kWaitForWork, name);
  kind.receives = is_in(kReceive, name);
  kind.sends = is_in(kSend, name);
  kind.splices = name == "splice" || name == "tee";
  kind.output_is_second = name == "tee";
  kind.meets = name == "connect" || name == "close" || name == "shutdown";
  kind.futex = name == "futex" || name == "futex_time64";
  kind.waits_for_child = name == "wait4" || name == "waitid" || name == "waitpid";
  kind.child_is_second = name == "waitid";
  kind.exit = name == "exit";
  kind.exit_group = name == "exit_group";
  kind.restart = name == "restart_syscall";
  return kind;
}

// Asked for at each sleep: the names are looked up once.
constexpr std::size_t kCalls = 512;
using Kinds = std::array<CallKind, kCalls>;

Kinds make_kinds(CallTable table) {
  Kinds kinds;
  for (std::size_t i = 0; i < kCalls; i++)
    kinds[i] = kind_of(syscall_name(table, static_cast<int>(i)));
  return kinds;
}

}  // namespace

CallKind call_kind(CallTable table, int number) {
  static const std::array<Kinds, 3> kTables = {
      make_kinds(CallTable::kX86_64), make_kinds(CallTable::kI386), make_kinds(CallTable::kArm64)};
  if (number < 0 || static_cast<std::size_t>(number) >= kCalls) return {};
  return kTables[static_cast<std::size_t>(table)][static_cast<std::size_t>(number)];
}

}  // namespace hoodtrace
