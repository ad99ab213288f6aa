#include "bench/tracer_process.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/fd.hpp"

namespace hoodtrace::bench {
namespace {

// A running tracer; shared by a variant's start and stop.
struct Running {
  pid_t pid = 0;
};

pid_t spawn(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) ::dup2(null, fd);
  ::execv(words[0], words.data());
  ::_exit(127);
}

std::string effective_capabilities(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("CapEff:")) return line;
  return "";
}

// hoodtrace drops privileges once it has attached.
bool wait_until_attached(pid_t pid) {
  const std::string ours = effective_capabilities("self");
  for (int i = 0; i < 5000; i++, ::usleep(2000)) {
    const std::string theirs = effective_capabilities(std::to_string(pid));
    if (theirs.empty() || ::waitpid(pid, nullptr, WNOHANG) != 0) return false;
    if (theirs != ours) return true;
  }
  return false;
}

void end(Running& running) {
  if (running.pid <= 0) return;
  ::kill(running.pid, SIGINT);
  for (int i = 0; i < 2500; i++, ::usleep(2000))
    if (::waitpid(running.pid, nullptr, WNOHANG) != 0) {
      running.pid = 0;
      return;
    }
  ::kill(running.pid, SIGKILL);
  ::waitpid(running.pid, nullptr, 0);
  running.pid = 0;
}

std::string find_program(const std::string& name) {
  std::string path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
  std::istringstream folders(path + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return folder + "/" + name;
  return "";
}

struct ProgramTime {
  std::string name;
  std::uint64_t ns = 0;
  std::uint64_t runs = 0;
};

std::vector<ProgramTime> read_program_times() {
  std::vector<ProgramTime> times;
  for (__u32 id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
    const Fd program(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) continue;
    if (std::string(info.name).starts_with("on_"))
      times.push_back({info.name, info.run_time_ns, info.run_cnt});
  }
  return times;
}

}  // namespace

Variant hoodtrace_variant(const std::string& name, const std::vector<std::string>& arguments) {
  auto running = std::make_shared<Running>();
  std::vector<std::string> argv{HOODTRACE_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return {name,
          [running, argv] {
            running->pid = spawn(argv);
            return wait_until_attached(running->pid);
          },
          [running] { end(*running); }};
}

Variant peer_variant(const std::string& name, const std::vector<std::string>& argv,
                     unsigned settle_ms) {
  auto running = std::make_shared<Running>();
  std::vector<std::string> found = argv;
  found[0] = find_program(argv[0]);
  return {name,
          [running, found, settle_ms] {
            if (found[0].empty()) return false;
            running->pid = spawn(found);
            ::usleep(settle_ms * 1000);
            if (::waitpid(running->pid, nullptr, WNOHANG) == 0) return true;
            running->pid = 0;
            return false;
          },
          [running] { end(*running); }};
}

void print_program_times(const Variant& variant, const std::function<void()>& work) {
  const Fd enabled(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!enabled) {
    fmt::print("no program times: this kernel keeps none\n");
    return;
  }
  if (variant.start()) {
    work();
    for (const ProgramTime& time : read_program_times())
      if (time.runs > 0)
        fmt::print("  {:30} {:>10} runs {:>8.0f} ns each\n", time.name, time.runs,
                   static_cast<double>(time.ns) / static_cast<double>(time.runs));
  }
  variant.stop();
}

}  // namespace hoodtrace::bench
