// SPDX-License-Identifier: GPL-2.0-or-later
// Children that need more than the usual records: which file they really execute and from where,
// who killed them, which of several with the same pid they are.

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include "support/workload/life_acts.hpp"
#include "support/workload/stage.hpp"

namespace workload {
namespace {

constexpr int kReuses = 200;

[[noreturn]] void quit_by(const std::string& file, const char* word) {
  ::execl(file.c_str(), "workload", "quit", word, nullptr);
  ::_exit(127);
}

pid_t fork_as(pid_t pid) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<std::uint64_t>(&pid);
  arguments.set_tid_size = 1;
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof(arguments)));
}

}  // namespace

void act_link(Family& family, const LifePlace& place) {
  const std::string link = place.folder + "/another-name";
  (void)!::symlink(place.self.c_str(), link.c_str());
  family.reap(family.bear("link", [&]() -> int { quit_by(link, "by a link"); }));
}

void act_relative(Family& family, const LifePlace& place) {
  const std::size_t slash = place.self.rfind('/');
  family.reap(family.bear("relative", [&]() -> int {
    (void)!::chdir(place.self.substr(0, slash).c_str());
    (void)!::setuid(65534);
    quit_by("." + place.self.substr(slash), "by a path below");
  }));
}

void act_memfd(Family& family, const LifePlace& place) {
  family.reap(family.bear("memfd", [&] {
    const int self = ::open(place.self.c_str(), O_RDONLY | O_CLOEXEC);
    const int memory = ::memfd_create("own", MFD_CLOEXEC);
    struct stat status {};
    ::fstat(self, &status);
    for (off_t at = 0; at < status.st_size;)
      if (::sendfile(memory, self, &at, static_cast<std::size_t>(status.st_size - at)) <= 0) break;
    char* const words[] = {const_cast<char*>("workload"), const_cast<char*>("quit"), nullptr};
    char* const none[] = {nullptr};
    ::fexecve(memory, words, none);
    return 127;
  }));
}

void act_no_interpreter(Family& family, const LifePlace& place) {
  const std::string script = place.folder + "/no-interpreter";
  std::ofstream(script) << "#!/nowhere/interpreter -x\n";
  ::chmod(script.c_str(), 0755);
  family.reap(family.bear("no_interpreter", [&] {
    ::execl(script.c_str(), "no-interpreter", nullptr);
    ::execl((place.folder + "/not-there").c_str(), "not-there", nullptr);
    sleep_us(300'000);  // until it was looked at
    return 3;
  }));
}

void act_killed_by(Family& family, const LifePlace&) {
  const pid_t victim = family.bear("victim", [] {
    ::signal(SIGTERM, SIG_DFL);
    while (true) ::pause();
    return 0;
  });
  family.reap(family.bear("killer", [&] {
    sleep_us(20'000);
    ::kill(victim, SIGTERM);
    return 0;
  }));
  family.reap(victim);
}

// One pid, many processes, each born at once when the one before is reaped.
void act_same_pid(Family& family, const LifePlace&) {
  const pid_t free_pid = ::fork();
  if (free_pid == 0) ::_exit(0);
  ::waitpid(free_pid, nullptr, 0);
  for (int i = 0; i < kReuses; i++) {
    const std::uint64_t now = boot_ns();
    const pid_t pid = fork_as(free_pid);
    if (pid == 0) ::_exit(i % 100);
    if (pid < 0) break;
    family.add("same_pid", pid, now);
    family.reap(pid);
  }
}

}  // namespace workload
