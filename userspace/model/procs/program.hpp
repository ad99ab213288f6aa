// SPDX-License-Identifier: GPL-2.0-or-later
// A program that was executed, or failed to be, from its ht_program and ht_argv records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

struct Program {
  std::optional<std::uint64_t> time_ns;  // absent: it was executed before tracing began
  std::string file;
  std::string interpreter;       // of a script; empty = none
  std::string own_name;          // of a file that was given as a descriptor; else empty
  std::string argv;              // the bytes that were recorded, each argument NUL-ended
  std::uint32_t argv_bytes = 0;  // that there were; HT_UNKNOWN_BYTES = not known
  std::uint32_t kept_bytes = 0;  // that were to be read
  std::string exe;               // the file's path, as /proc/PID/exe has it; empty = not known
  std::string cwd;               // the working directory; empty = not asked for
  std::optional<std::uint32_t> uid;
  std::string missing_interpreter;  // that the file names; empty = none is missing
  std::uint32_t error = 0;          // errno of a failed exec
  bool cut = false;                 // argv is not complete
  bool unreadable = false;          // a part of argv could not be read
};

// Empty when none were read.
std::vector<std::string_view> arguments_of(const Program& program);

// All but the argv.
Program read_program(const ht_program& record);
// The file, and who executed it.
void add_exe(Program& program, const ht_exe& record);
// Appends a piece of argv.
void add_argv(Program& program, const ht_argv& argv);

}  // namespace hoodtrace
