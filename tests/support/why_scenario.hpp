// SPDX-License-Identifier: GPL-2.0-or-later
// Adds records of sleeps and what ends them to a StreamBuilder.
//
//   WhyScenario why(scenario);
//   why.pipe(1, 4711).place(0x10, {"schedule", "anon_pipe_read"});
//   why.sleeps(10, {.call = kReadCall, .object = 1, .stack = 0x10});  // right before its switch
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/stream_builder.hpp"

namespace hoodtrace {

// Of x86-64.
inline constexpr std::int16_t kReadCall = 0;
inline constexpr std::int16_t kWriteCall = 1;
inline constexpr std::int16_t kMunmapCall = 11;
inline constexpr std::int16_t kSendtoCall = 44;
inline constexpr std::int16_t kWait4Call = 61;
inline constexpr std::int16_t kFsyncCall = 74;
inline constexpr std::int16_t kFutexCall = 202;
inline constexpr std::int16_t kNanosleepCall = 230;  // clock_nanosleep
inline constexpr std::int16_t kEpollCall = 232;

struct SleepFields {
  std::int16_t call = HT_NO_CALL;
  std::vector<std::uint64_t> args = {};
  std::uint64_t object = 0;
  std::uint64_t stack = 0;
  std::uint64_t faulted = 0;
  std::uint32_t owner_tid = 0;
  std::uint32_t value = 0;
  std::uint16_t state = kSleeping;
  std::uint8_t lock = HT_LOCK_NONE;
  std::uint8_t which = HT_LOCK_OF_UNKNOWN;
  std::uint8_t flags = 0;
};

struct WakerFields {
  std::uint32_t tid = 0;
  std::int16_t call = HT_NO_CALL;
  std::uint8_t context = HT_CONTEXT_TASK;
};

class WhyScenario {
 public:
  explicit WhyScenario(StreamBuilder& scenario) : scenario_(scenario) {}

  WhyScenario& on_cpu(std::uint16_t cpu) {
    cpu_ = cpu;
    scenario_.on_cpu(cpu);
    return *this;
  }

  WhyScenario& sleeps(std::uint32_t tid, const SleepFields& fields) {
    ht_sleep record{};
    record.head = head(HT_SLEEP, tid);
    for (std::size_t i = 0; i < fields.args.size() && i < 3; i++) record.args[i] = fields.args[i];
    record.object = fields.object;
    record.stack = fields.stack;
    record.faulted = fields.faulted;
    record.owner_tid = fields.owner_tid;
    record.value = fields.value;
    record.call = fields.call;
    record.state = fields.state;
    record.lock = fields.lock;
    record.which = fields.which;
    record.flags = fields.flags;
    return add(record);
  }
  // Wakes `tid`.
  WhyScenario& wakes(std::uint32_t tid, const WakerFields& waker) {
    return add(ht_waking{head(HT_WAKING, tid), waker.tid, static_cast<__u16>(waker.call + 1),
                         waker.context, 0});
  }
  WhyScenario& stops(std::uint32_t tid, std::uint32_t pid, std::uint32_t sender_tid,
                     std::uint32_t signal) {
    return add(ht_stop{head(HT_STOP, tid), pid, sender_tid, signal, 0});
  }
  // Its stacks, in user space of one frame, as it is switched in.
  WhyScenario& unwound(std::uint32_t tid, std::uint64_t stack, std::uint64_t address,
                       std::string_view function, std::string_view file) {
    std::string tail(reinterpret_cast<const char*>(&address), sizeof(address));
    tail += words({function, file});
    return add(ht_sleep_stack{head(HT_SLEEP_STACK, tid), 0, stack, 1, 0}, tail);
  }
  // The PMU counted until now.
  WhyScenario& counts(std::uint32_t tid, std::uint64_t ran_ns, std::uint64_t user,
                      std::uint64_t kernel) {
    return add(ht_cycles{head(HT_CYCLES, tid), ran_ns, user, kernel});
  }
  WhyScenario& ready(std::uint32_t tid, std::uint64_t object, std::uint32_t fd) {
    return add(ht_ready{head(HT_READY, tid), object, fd, 0});
  }

  // A file with its path; the names from the file's own upwards.
  WhyScenario& file(std::uint64_t object, std::uint64_t inode,
                    std::initializer_list<std::string_view> names) {
    ht_file named{};
    named.head = head(HT_FILE, 0);
    named.file = {inode, kDevice, 1};
    named.mount_dev = kDevice;
    named.links = 1;
    named.mode = 0100644;
    named.flags = HT_FILE_FULL;
    named.names = static_cast<std::uint32_t>(names.size());
    add(named, words({"ext4", "sda1"}) + words(names));
    ht_object record = object_record(object, HT_OBJECT_FILE);
    record.file = named.file;
    return add(record);
  }
  WhyScenario& pipe(std::uint64_t object, std::uint64_t inode) {
    ht_object record = object_record(object, HT_OBJECT_PIPE);
    record.file = {inode, 13, 0};
    return add(record);
  }
  WhyScenario& event(std::uint64_t object, std::string_view name) {
    ht_object record = object_record(object, HT_OBJECT_EVENT);
    std::memcpy(record.name, name.data(), std::min(name.size(), sizeof(record.name)));
    return add(record);
  }
  WhyScenario& tcp(std::uint64_t object, const char* local, std::uint16_t local_port,
                   const char* remote, std::uint16_t remote_port) {
    ht_object record = object_record(object, HT_OBJECT_SOCKET);
    record.family = AF_INET;
    record.protocol = IPPROTO_TCP;
    ::inet_pton(AF_INET, local, record.local);
    ::inet_pton(AF_INET, remote, record.remote);
    record.local_port = local_port;
    record.remote_port = remote_port;
    return add(record);
  }

  // A stack of these functions of the kernel, the innermost first.
  WhyScenario& place(std::uint64_t stack, std::initializer_list<std::string_view> functions) {
    std::string frames;
    for (const std::string_view function : functions) {
      const std::uint64_t address = address_of(function);
      frames.append(reinterpret_cast<const char*>(&address), sizeof(address));
    }
    return add(ht_stack{head(HT_STACK, 0), stack, 0, 0}, frames);
  }

 private:
  static constexpr std::uint32_t kDevice = 8U << 20 | 1;  // device 8:1

  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid) const {
    return {scenario_.now_ns(), tid, type, cpu_};
  }
  [[nodiscard]] ht_object object_record(std::uint64_t object, std::uint8_t kind) const {
    ht_object record{};
    record.head = head(HT_OBJECT, 0);
    record.object = object;
    record.kind = kind;
    return record;
  }
  static std::string words(std::initializer_list<std::string_view> list) {
    std::string tail;
    for (const std::string_view word : list) tail.append(word).push_back('\0');
    return tail;
  }
  // Its symbol precedes it.
  std::uint64_t address_of(std::string_view function) {
    const auto [at, is_new] =
        addresses_.try_emplace(std::string(function), 0xffff'ffff'8100'0000 + addresses_.size());
    if (is_new) add(ht_symbol{head(HT_SYMBOL, 0), at->second, 0, 0}, std::string(function) + '\0');
    return at->second;
  }

  template <class Record>
  WhyScenario& add(const Record& record, const std::string& tail = {}) {
    scenario_.add(record, tail);
    return *this;
  }

  StreamBuilder& scenario_;
  std::uint16_t cpu_ = 0;
  std::map<std::string, std::uint64_t> addresses_;
};

}  // namespace hoodtrace
