// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/procs/text.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstring>

#include "base/text.hpp"
#include "base/units.hpp"
#include "events.h"

namespace hoodtrace {
namespace {

// include/uapi/linux/sched.h
constexpr std::uint64_t kVfork = 0x00004000;
struct CloneWord {
  std::uint64_t flag;
  const char* word;
};
constexpr std::array kCloneWords = {
    CloneWord{0x20000000, "pid namespace"},    CloneWord{0x40000000, "network namespace"},
    CloneWord{0x00020000, "mount namespace"},  CloneWord{0x10000000, "user namespace"},
    CloneWord{0x08000000, "IPC namespace"},    CloneWord{0x04000000, "UTS namespace"},
    CloneWord{0x02000000, "cgroup namespace"}, CloneWord{0x00000080, "time namespace"},
    CloneWord{0x200000000, "cgroup"},
};

constexpr int kAncestors = 64;

std::string quoted(std::string_view argument, bool escaped) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(argument);
  // With a ' in it and nothing that a shell would read, in double quotes.
  if (argument.find('\'') != std::string_view::npos &&
      argument.find_first_of("\"$`\\") == std::string_view::npos)
    return '"' + (escaped ? printable(argument) : std::string(argument)) + '"';
  std::string out = "'";
  for (const char c : escaped ? printable(argument) : std::string(argument)) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string joined(const Program& program, std::size_t limit, bool escaped) {
  // More than this would be quoted only to be cut.
  const std::size_t enough = limit == 0 ? std::string::npos : limit + 1;
  const std::vector<std::string_view> arguments = arguments_of(program);
  std::string text;
  bool all = true;
  for (const std::string_view argument : arguments) {
    if (text.size() > enough) {
      all = false;
      break;
    }
    if (!text.empty()) text += ' ';
    text += quoted(argument.substr(0, enough), escaped);
  }
  if (limit != 0 && escaped && !fits(text, limit)) {
    all = false;
    text = cut_to_width(text, limit);
  } else if (limit != 0 && !escaped && text.size() > limit) {
    all = false;
    text = text.substr(0, limit) + "…";
  }
  if (program.unreadable)
    text += text.empty() ? "(arguments unreadable)" : " (the rest unreadable)";
  else if (program.cut && !arguments.empty())
    text += program.argv_bytes == HT_UNKNOWN_BYTES
                ? " (cut)"
                : fmt::format(" (cut: {} of {})", format_bytes(program.argv.size()),
                              format_bytes(program.argv_bytes));
  else if (!all)
    text += fmt::format(" ({} arguments, {})", arguments.size(), format_bytes(program.argv.size()));
  return text;
}

}  // namespace

std::string command_text(const Program& program, std::size_t columns) {
  return joined(program, columns, true);
}

std::string command_cell(const Program& program, std::size_t bytes) {
  return joined(program, bytes, false);
}

bool has_failed(const ProcessLife& life) { return life.exit_ns && life.wait_status != 0; }

std::string outcome_text(const ProcessLife& life) {
  const int status = static_cast<int>(life.wait_status);
  if (WIFEXITED(status)) return fmt::format("exit {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("killed by {}{}{}", name == nullptr ? "signal " : "SIG",
                     name == nullptr ? std::to_string(signal) : name,
                     WCOREDUMP(status) ? ", core dumped" : "");
}

std::string killer_text(const ProcessLife& life) {
  constexpr std::int32_t kKernel = 0x80;  // SI_KERNEL, include/uapi/asm-generic/siginfo.h
  const SentSignal* killer = life.killer();
  if (killer == nullptr) return {};
  if (killer->sender_pid == life.pid) return ", sent by itself";
  if (killer->sender_pid != 0) return ", sent by " + named(killer->sender_comm, killer->sender_pid);
  return killer->code == kKernel ? ", sent by the kernel" : "";
}

std::string birth_text(const ProcessLife& life) {
  if (!life.clone_flags) return "existing";
  std::string text = *life.clone_flags & kVfork ? "vfork" : "process";
  const char* glue = " into a new ";
  for (const CloneWord& word : kCloneWords)
    if (*life.clone_flags & word.flag) {
      // A cgroup is another one, not a new one.
      if (word.flag == 0x200000000)
        text +=
            text.find(" into") == std::string::npos ? " into another cgroup" : ", another cgroup";
      else
        text += glue + std::string(word.word);
      glue = ", ";
    }
  return text;
}

std::string command_of(const LifecycleTracker& tracker, const ProcessLife& life,
                       std::size_t columns) {
  const auto text_of = [columns](const Program& program) {
    const std::string command = command_text(program, columns);
    return command.empty() ? cut_to_width(printable(program.file), columns) : command;
  };
  if (const Program* own = life.program(); own != nullptr) return text_of(*own);
  // It still runs the program that its parent ran at the fork.
  const ProcessLife* child = &life;
  for (int i = 0; i < kAncestors && child->born_ns; i++) {
    const ProcessLife* parent = tracker.find(child->parent);
    if (parent == nullptr) break;
    for (auto at = parent->programs.rbegin(); at != parent->programs.rend(); ++at)
      if (at->error == 0 && at->time_ns.value_or(0) <= *child->born_ns)
        return "fork of: " + text_of(*at);
    child = parent;
  }
  return {};
}

std::string named(std::string_view comm, std::uint32_t pid) {
  return comm.empty() ? fmt::format("{}", pid) : fmt::format("{} ({})", printable(comm), pid);
}

std::string errno_text(std::uint32_t error) {
  const int number = static_cast<int>(error);
  const char* name = ::strerrorname_np(number);
  if (name == nullptr) return fmt::format("errno {}", error);
  return fmt::format("{} ({})", name, ::strerrordesc_np(number));
}

std::string_view unit_of_cgroup(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kSuffixes = {".service", ".scope", ".socket",
                                                                ".mount",   ".swap",  ".slice"};
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
    for (const std::string_view suffix : kSuffixes)
      if (last.size() > suffix.size() && last.ends_with(suffix)) return last;
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return {};
}

}  // namespace hoodtrace
