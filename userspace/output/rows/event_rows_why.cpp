// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of sleeps and what ends them.

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "base/socket_address.hpp"
#include "base/text.hpp"
#include "model/why/long_sleep.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {
namespace {

std::string_view sleeper_kind(const ht_sleep& sleep) {
  if (sleep.flags & HT_SLEEP_KTHREAD) return "kthread";
  if (sleep.flags & HT_SLEEP_IO_WORKER) return "io_worker";
  if (sleep.flags & HT_SLEEP_EXITING) return "exiting";
  return sleep.call < 0 ? "no_call" : "call";
}

std::string_view lock_word(std::uint8_t lock) {
  switch (lock) {
    case HT_LOCK_MUTEX:
      return "mutex";
    case HT_LOCK_SEMAPHORE:
      return "semaphore";
    case HT_LOCK_RWSEM_READ:
      return "rwsem_read";
    case HT_LOCK_RWSEM_WRITE:
      return "rwsem_write";
    case HT_LOCK_RT_MUTEX:
      return "rt_mutex";
    default:
      return "";
  }
}

std::string_view lock_owner_word(std::uint8_t which) {
  switch (which) {
    case HT_LOCK_OF_MM:
      return "mm";
    case HT_LOCK_OF_INODE:
      return "inode";
    case HT_LOCK_OF_POSITION:
      return "position";
    case HT_LOCK_OF_PIPE:
      return "pipe";
    default:
      return "";
  }
}

std::string_view object_kind(std::uint8_t kind) {
  switch (kind) {
    case HT_OBJECT_FILE:
      return "file";
    case HT_OBJECT_PIPE:
      return "pipe";
    case HT_OBJECT_SOCKET:
      return "socket";
    default:
      return "event";
  }
}

std::string_view context_word(std::uint8_t context) {
  switch (context) {
    case HT_CONTEXT_TASK:
      return "task";
    case HT_CONTEXT_SOFTIRQ:
      return "softirq";
    case HT_CONTEXT_HARDIRQ:
      return "hardirq";
    default:
      return "";
  }
}

}  // namespace

std::string_view EventRows::call_name(int call, bool compat) const {
  return call < 0 ? std::string_view() : syscall_name(compat ? CallTable::kI386 : native_, call);
}

void EventRows::set_waker_context(const ht_waking& record) {
  if (const auto call = call_name(record.waker_call - 1, record.flags & HT_WAKING_COMPAT);
      !call.empty())
    row_.text(Field::kWakerCall, call);
  if (const auto word = context_word(record.context); !word.empty())
    row_.text(Field::kWakerContext, word);
}

void EventRows::row(const ht_sleep& record) {
  begin(record.head);
  row_.text(Field::kKind, sleeper_kind(record));
  set_state(Field::kState, task_state(record.state));
  if (record.call >= 0) {
    const std::string_view name = call_name(record.call, record.flags & HT_SLEEP_COMPAT);
    row_.text(Field::kCall, name.empty() ? fmt::format("{}", record.call) : std::string(name));
    row_.json(Field::kArgs,
              fmt::format("[{},{},{}]", record.args[0], record.args[1], record.args[2]));
    if (name.starts_with("futex")) row_.number(Field::kFutexValue, record.value);
  }
  if (record.object != 0) row_.number(Field::kObject, record.object);
  if (record.stack != 0) row_.number(Field::kStack, record.stack);
  if (const auto word = lock_word(record.lock); !word.empty()) row_.text(Field::kLock, word);
  if (const auto word = lock_owner_word(record.which); !word.empty())
    row_.text(Field::kLockOf, word);
  if (record.owner_tid != 0 && record.owner_tid < HT_PID_LIMIT)
    set_who(record.owner_tid, Field::kOwnerTid, Field::kOwnerPid, Field::kOwnerComm);
  if (record.flags & HT_SLEEP_IOWAIT) row_.truth(Field::kIowait, true);
  if (record.flags & HT_SLEEP_MEMSTALL) row_.truth(Field::kMemstall, true);
  if (record.flags & HT_SLEEP_SCANNED) row_.truth(Field::kScanned, true);
  finish_row();
}

void EventRows::row(const ht_object& record) {
  begin(record.head);
  row_.number(Field::kObject, record.object);
  row_.text(Field::kKind, object_kind(record.kind));
  set_file(record.file);
  if (record.kind == HT_OBJECT_SOCKET && (record.family == AF_INET || record.family == AF_INET6)) {
    row_.text(Field::kLocal, format_socket_address(record.family, record.local, record.local_port));
    if (record.remote_port != 0)
      row_.text(Field::kRemote,
                format_socket_address(record.family, record.remote, record.remote_port));
  }
  if (record.peer_pid != 0) row_.number(Field::kPeerPid, record.peer_pid);
  if (const auto name = fixed_string(record.name); !name.empty()) row_.text(Field::kName, name);
  finish_row();
}

void EventRows::row(const ht_stack& record) {
  const std::string_view tail = tail_of(record);
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= tail.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t address = 0;
    std::memcpy(&address, tail.data() + at, sizeof(address));
    begin(record.head);
    row_.number(Field::kStack, record.stack);
    row_.number(Field::kAddress, address);
    finish_row();
  }
}

void EventRows::row(const ht_symbol& record) {
  begin(record.head);
  row_.number(Field::kAddress, record.address);
  std::string_view tail = tail_of(record);
  row_.text(Field::kSymbol, tail.substr(0, tail.find('\0')));
  finish_row();
}

void EventRows::row(const ht_sleep_stack& record) {
  for (const UserFrame& frame : read_sleep_stack(record).user) {
    begin(record.head);
    if (record.stack != 0) row_.number(Field::kStack, record.stack);
    row_.number(Field::kAddress, frame.address);
    if (!frame.function.empty()) row_.text(Field::kSymbol, frame.function);
    if (!frame.file.empty()) row_.text(Field::kName, frame.file);
    finish_row();
  }
}

void EventRows::row(const ht_ready& record) {
  begin(record.head);
  if (record.object != 0) row_.number(Field::kObject, record.object);
  row_.number(Field::kFd, record.fd);
  finish_row();
}

void EventRows::row(const ht_stop& record) {
  begin(record.head);
  row_.number(Field::kPid, record.pid);
  row_.number(Field::kSignal, record.signal);
  if (record.sender_tid != 0)
    set_who(record.sender_tid, Field::kSenderTid, Field::kSenderPid, Field::kSenderComm);
  finish_row();
}

void EventRows::row(const ht_cycles& record) {
  begin(record.head);
  row_.number(Field::kUserCycles, record.user);
  row_.number(Field::kKernelCycles, record.kernel);
  row_.number(Field::kCyclesRanNs, record.ran_ns);
  finish_row();
}

}  // namespace hoodtrace
