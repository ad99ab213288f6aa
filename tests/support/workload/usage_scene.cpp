// Runs a command and tells what the kernel says it and all its descendants used.

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
  const pid_t pid = ::fork();
  if (pid == 0) {
    // What it prints is not what we print.
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(pid, &status, 0, &usage);
  const auto us = [](const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; };
  std::printf(
      "{\"scene\":\"usage\",\"pid\":%d,\"child\":%d,\"status\":%d,\"cpu_ns\":%lld,"
      "\"minor\":%ld,\"major\":%ld}\n",
      getpid(), pid, status, 1000 * (us(usage.ru_utime) + us(usage.ru_stime)), usage.ru_minflt,
      usage.ru_majflt);
  std::fflush(stdout);
  return 0;
}

}  // namespace workload
