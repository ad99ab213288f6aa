// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/proc_programs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <string>

#include "base/fd.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

std::string read_link(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t length = ::readlink(path.c_str(), target, sizeof(target));
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : std::string();
}

// At most `limit` bytes, and one more to show that the file is longer.
std::string read_arguments(const std::string& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  std::string bytes(limit + 1, '\0');
  std::size_t held = 0;
  while (held < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + held, bytes.size() - held);
    if (got <= 0) break;
    held += static_cast<std::size_t>(got);
  }
  bytes.resize(held);
  return bytes;
}

void add_program(const ht_task& task, std::uint32_t own_pid, std::uint32_t argv_bytes,
                 RecordBuffer& out) {
  const std::string folder = fmt::format("/proc/{}/", own_pid);
  const std::string file = read_link(folder + "exe");
  std::string argv;
  if (argv_bytes > 0) argv = read_arguments(folder + "cmdline", argv_bytes);
  if (file.empty() && argv.empty()) return;
  const bool cut = argv.size() > argv_bytes;
  if (cut) argv.resize(argv_bytes);

  ht_program program{};
  program.head = {boot_clock_ns(), task.head.tid, HT_PROGRAM, task.head.cpu};
  program.min_flt = task.min_flt;
  program.maj_flt = task.maj_flt;
  program.pid = program.old_tid = task.pid;
  program.argv_bytes = cut ? HT_UNKNOWN_BYTES : static_cast<__u32>(argv.size());
  program.kept_bytes = static_cast<__u32>(argv.size());
  program.flags = HT_PROGRAM_BEFORE;
  const ht_header head = program.head;
  out.add(program, file + std::string(3, '\0'));
  for (std::size_t at = 0; at < argv.size(); at += HT_ARGV_PIECE) {
    ht_argv piece{};
    piece.head = head;
    piece.head.type = HT_ARGV;
    piece.pid = task.pid;
    piece.offset = static_cast<__u32>(at);
    if (cut) piece.flags = HT_ARGV_CUT;
    out.add(piece, std::string_view(argv).substr(at, HT_ARGV_PIECE));
  }
}

}  // namespace

void add_programs(const RecordBuffer& seen, const OwnPids& pids, std::uint32_t self_pid,
                  std::uint32_t argv_bytes, RecordBuffer& out) {
  for (std::size_t i = 0; i < seen.size(); i++) {
    if (seen.at(i).head->type != HT_TASK_SEEN) continue;
    const ht_task& task = reinterpret_cast<const ht_task_seen*>(seen.at(i).head)->task;
    if (task.head.tid != task.pid || task.pid == 0 || task.parent_pid == self_pid) continue;
    if ((task.flags & (HT_TASK_TRACED | HT_TASK_KTHREAD)) != HT_TASK_TRACED) continue;
    if (const std::uint32_t own = pids.own(task.pid); own != 0)
      add_program(task, own, std::min<std::uint32_t>(argv_bytes, HT_ARGV_LIMIT), out);
  }
}

}  // namespace hoodtrace
