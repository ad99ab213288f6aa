// SPDX-License-Identifier: GPL-2.0-or-later
// Unwinds the user stacks of long sleeps by the tables that every ELF file has for exceptions
// (.eh_frame), and names their functions by its symbols: with libdw, without debug information.
#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "events.h"
#include "live/process_modules.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class UserStacks {
 public:
  // Adds the ht_sleep_stack that takes the record's place. Its addresses have no names when the
  // process has ended, or must not be looked at.
  void unwind(const ht_stack_memory& record, RecordBuffer& to);

  // The process exists, or executes another program: what it has mapped is read while it lives.
  void begin(std::uint32_t pid);

 private:
  // Of the processes whose threads slept last.
  static constexpr std::size_t kProcesses = 256;

  struct Process {
    std::uint32_t pid;
    std::unique_ptr<ProcessModules> modules;
  };

  ProcessModules& modules_of(std::uint32_t pid);

  std::list<Process> processes_;  // the last used first
};

}  // namespace hoodtrace
