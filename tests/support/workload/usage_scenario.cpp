// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a command and prints the rusage of it and all its descendants.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "support/workload/pages.hpp"
#include "support/workload/stage.hpp"

namespace workload {

int play_usage(const Script& script, bool) {
  std::vector<char*> argv;
  for (const std::string& word : script.words()) argv.push_back(const_cast<char*>(word.c_str()));
  if (argv.empty()) return 2;
  argv.push_back(nullptr);
  std::fflush(stdout);
  // What its children leave behind when they end before theirs is ours, and so its usage.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t pid = ::fork();
  if (pid == 0) {
    // What it prints is not what we print.
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  long long cpu_us = 0;
  long minor = 0;
  long major = 0;
  const auto us = [](const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; };
  for (;;) {
    int ended = 0;
    rusage usage{};
    const pid_t reaped = ::wait4(-1, &ended, 0, &usage);
    if (reaped < 0) break;
    if (reaped == pid) status = ended;
    cpu_us += us(usage.ru_utime) + us(usage.ru_stime);
    minor += usage.ru_minflt;
    major += usage.ru_majflt;
  }
  std::printf(
      "{\"scenario\":\"usage\",\"pid\":%d,\"child\":%d,\"status\":%d,\"cpu_ns\":%lld,"
      "\"minor\":%ld,\"major\":%ld}\n",
      getpid(), pid, status, 1000 * cpu_us, minor, major);
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
