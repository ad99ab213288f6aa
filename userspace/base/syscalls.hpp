// SPDX-License-Identifier: GPL-2.0-or-later
// System calls by number, of the architectures that hoodtrace runs on.
#pragma once

#include <cstdint>
#include <string_view>

namespace hoodtrace {

// Which table a number is of.
enum class CallTable : std::uint8_t { kX86_64, kI386, kArm64 };

// By the machine's name as uname(2) has it, and whether a 32-bit program calls. A machine that is
// not known counts as x86_64.
CallTable call_table(std::string_view machine, bool compat);

// Of the machine that this program was built for.
constexpr CallTable native_calls() {
#if defined(__aarch64__)
  return CallTable::kArm64;
#else
  return CallTable::kX86_64;
#endif
}

// "clock_nanosleep"; empty when there is no such call.
std::string_view syscall_name(CallTable table, int number);

// The first argument is an open file's descriptor.
bool takes_file(CallTable table, int number);

}  // namespace hoodtrace
