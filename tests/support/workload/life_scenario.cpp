// SPDX-License-Identifier: GPL-2.0-or-later
// Lives that are known, act by act; a storm of short ones; a build; and what they execute.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "support/disk_place.hpp"
#include "support/workload/life_acts.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

struct Act {
  const char* name;
  void (*play)(Family& family, const LifePlace& place);
};

constexpr Act kActs[] = {
    {"argv", act_argv},
    {"many_arguments", act_many_arguments},
    {"large_argument", act_large_argument},
    {"execveat", act_execveat},
    {"fexecve", act_fexecve},
    {"script", act_script},
    {"failed", act_failed},
    {"thread_exec", act_thread_exec},
    {"vfork", act_vfork},
    {"spawn", act_spawn},
    {"hostile", act_hostile},
    {"exits", act_exits},
    {"core", act_core},
    {"zombie", act_zombie},
    {"awaited", act_awaited},
    {"autoreap", act_autoreap},
    {"orphan", act_orphan},
    {"subreaper", act_subreaper},
    {"threads", act_threads},
    {"last_threads", act_last_threads},
    {"namespaces", act_namespaces},
    {"cgroup", act_cgroup},
    {"link", act_link},
    {"relative", act_relative},
    {"memfd", act_memfd},
    {"no_interpreter", act_no_interpreter},
    {"killed_by", act_killed_by},
    {"same_pid", act_same_pid},
};

std::string own_path() {
  char path[PATH_MAX] = {};
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof(path) - 1);
  return length < 0 ? "" : path;
}

pid_t bear_quitter(const std::string& self) {
  const pid_t pid = ::vfork();
  if (pid != 0) return pid;
  ::execl(self.c_str(), "workload", "quit", "code=3", nullptr);
  ::_exit(127);
}

pid_t bear_leaver(int code) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(code);
  return pid;
}

}  // namespace

int play_life(const Script& script, bool) {
  std::string folder = hoodtrace::testing::disk_place() + "/workload-life.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const LifePlace place{folder, own_path()};
  Family family;
  int code = 0;
  for (const std::string& word : script.words()) {
    bool known = false;
    for (const Act& act : kActs) {
      if (word != act.name) continue;
      act.play(family, place);
      known = true;
    }
    if (!known) {
      std::fprintf(stderr, "no act %s\n", word.c_str());
      code = 2;
    }
  }
  std::filesystem::remove_all(folder);
  family.print();
  return code;
}

// Short lives at full tilt: every fifth executes a program; they exit with 0, 1, ... 9, 0, ...
int play_flood(const Script& script, bool) {
  const std::uint64_t count = script.number("count", 5000);
  const std::uint64_t at_once = script.number("at_once", 4);
  const std::uint64_t exec_each = script.number("exec_each", 5);
  const std::string self = own_path();
  std::uint64_t running = 0;
  std::uint64_t reaped = 0;
  std::uint64_t codes = 0;
  std::uint64_t execs = 0;
  const auto reap = [&] {
    int status = 0;
    if (::wait(&status) <= 0) return false;
    reaped++;
    running--;
    codes += static_cast<std::uint64_t>(WEXITSTATUS(status));
    return true;
  };
  std::uint64_t born = 0;
  for (std::uint64_t i = 0; i < count; i++) {
    if (running == at_once) reap();
    const bool executes = exec_each != 0 && i % exec_each == 0;
    const pid_t pid = executes ? bear_quitter(self) : bear_leaver(static_cast<int>(i % 10));
    if (pid < 0) continue;
    born++;
    running++;
    if (executes) execs++;
  }
  while (reap()) continue;
  std::printf(
      "{\"scenario\": \"flood\", \"pid\": %d, \"born\": %llu, \"execs\": %llu, \"reaped\": %llu, "
      "\"codes\": %llu}\n",
      ::getpid(), static_cast<unsigned long long>(born), static_cast<unsigned long long>(execs),
      static_cast<unsigned long long>(reaped), static_cast<unsigned long long>(codes));
  return 0;
}

// The program that the other scenarios execute: it ignores its arguments and exits.
int play_quit(const Script& script, bool) { return static_cast<int>(script.number("code", 0)); }

}  // namespace workload
