// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/user_stacks.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {
namespace {

#if defined(__x86_64__)
constexpr std::size_t kProgramCounter = 16;
#else
constexpr std::size_t kProgramCounter = 32;
#endif

}  // namespace

ProcessModules& UserStacks::modules_of(std::uint32_t pid) {
  const auto at = std::find_if(processes_.begin(), processes_.end(),
                               [pid](const Process& process) { return process.pid == pid; });
  if (at != processes_.end()) {
    processes_.splice(processes_.begin(), processes_, at);
  } else {
    if (processes_.size() == kProcesses) processes_.pop_back();
    processes_.push_front({pid, std::make_unique<ProcessModules>(pid)});
  }
  return *processes_.front().modules;
}

void UserStacks::begin(std::uint32_t pid) {
  processes_.remove_if([pid](const Process& process) { return process.pid == pid; });
  modules_of(pid).look();
}

void UserStacks::unwind(const ht_stack_memory& record, RecordBuffer& to) {
  std::vector<std::uint64_t> addresses;
  std::string names;
  if (record.tail_bytes != 0) {
    ProcessModules& modules = modules_of(record.pid);
    addresses = modules.unwind(record);
    if (addresses.empty()) addresses.push_back(record.registers[kProgramCounter]);
    for (std::size_t i = 0; i < addresses.size(); i++) {
      // A return address may be the end of a function that calls one that does not return.
      const ProcessModules::Name name = modules.name_of(addresses[i] - (i == 0 ? 0 : 1));
      names.append(name.function).push_back('\0');
      names.append(name.file).push_back('\0');
    }
  }
  ht_sleep_stack stack{};
  stack.head = record.head;
  stack.head.type = HT_SLEEP_STACK;
  stack.began_ns = record.began_ns;
  stack.stack = record.stack;
  stack.frames = static_cast<std::uint32_t>(addresses.size());
  std::string tail(reinterpret_cast<const char*>(addresses.data()),
                   addresses.size() * sizeof(std::uint64_t));
  tail += names;
  to.add(stack, tail);
}

}  // namespace hoodtrace
