// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/program.hpp"

#include <fmt/format.h>

#include "event/words.hpp"

namespace hoodtrace {
namespace {

// From names in a tail, the last one first.
std::string take_path(std::string_view& tail, std::uint32_t names, bool cut) {
  std::string path;
  for (std::uint32_t i = 0; i < names && !tail.empty(); i++)
    path = fmt::format("/{}{}", take_word(tail), path);
  return (cut ? "/..." : "") + path;
}

}  // namespace

std::vector<std::string_view> arguments_of(const Program& program) {
  return words_of(program.argv);
}

Program read_program(const ht_program& record) {
  Program program;
  if (!(record.flags & HT_PROGRAM_BEFORE)) program.time_ns = record.head.time_ns;
  program.error = record.error;
  program.argv_bytes = record.argv_bytes;
  program.kept_bytes = record.kept_bytes;
  program.cut = record.argv_bytes != HT_UNKNOWN_BYTES && record.kept_bytes < record.argv_bytes;
  std::string_view tail = tail_of(record);
  program.file = take_word(tail);
  program.interpreter = take_word(tail);
  program.own_name = take_word(tail);
  return program;
}

void add_exe(Program& program, const ht_exe& record) {
  std::string_view tail = tail_of(record);
  program.exe = take_path(tail, record.names, (record.flags & HT_EXE_CUT) != 0);
  if (record.flags & HT_EXE_DELETED) program.exe += " (deleted)";
  if (!(record.flags & HT_EXE_WHO)) return;
  program.uid = record.uid;
  program.cwd = take_path(tail, record.cwd_names, (record.flags & HT_EXE_CWD_CUT) != 0);
  if (program.cwd.empty()) program.cwd = "/";
}

void add_argv(Program& program, const ht_argv& argv) {
  if (argv.flags & HT_ARGV_CUT) program.cut = true;
  if (argv.flags & HT_ARGV_UNREADABLE) program.unreadable = program.cut = true;
  // A piece before it was lost: what follows would stand in the wrong place.
  if (argv.offset != program.argv.size()) {
    program.cut = true;
    return;
  }
  program.argv += tail_of(argv);
}

}  // namespace hoodtrace
