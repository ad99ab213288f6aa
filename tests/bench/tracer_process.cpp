// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench/tracer_process.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "base/fd.hpp"

namespace hoodtrace::bench {
namespace {

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
  for (int i = 0; i < 50'000; i++, ::usleep(200)) {
    const std::string theirs = effective_capabilities(std::to_string(pid));
    if (theirs.empty() || ::waitpid(pid, nullptr, WNOHANG) != 0) return false;
    if (theirs != ours) return true;
  }
  return false;
}

// As by Ctrl-C; by force when it does not end in time.
rusage end(pid_t& pid) {
  rusage usage{};
  if (pid <= 0) return usage;
  ::kill(pid, SIGINT);
  int waited = 0;
  for (int i = 0; i < 2500 && waited == 0; i++, ::usleep(2000))
    waited = ::wait4(pid, nullptr, WNOHANG, &usage);
  if (waited == 0) {
    ::kill(pid, SIGKILL);
    ::wait4(pid, nullptr, 0, &usage);
  }
  pid = 0;
  return usage;
}

std::string find_program(const std::string& name) {
  std::string path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
  std::istringstream folders(path + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (std::string file = fmt::format("{}/{}", folder, name); ::access(file.c_str(), X_OK) == 0)
      return file;
  return "";
}

struct ProgramTime {
  __u32 id = 0;
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
    const std::string name = info.name;
    if (name.starts_with("on_") || name.starts_with("empty_"))
      times.push_back({id, name, info.run_time_ns, info.run_cnt});
  }
  return times;
}

// Of the program that `variant` loads and that runs most, in the time of `work`; of hoodtrace's only that of the
// name, where there is one. 0: it cannot run here.
double busiest_program_ns(const Variant& variant, const std::function<void()>& work,
                          const std::string& only) {
  std::set<__u32> others;  // another tracer's
  for (const ProgramTime& time : read_program_times()) others.insert(time.id);
  ProgramTime most;
  if (variant.start()) {
    work();
    for (const ProgramTime& time : read_program_times()) {
      if (others.contains(time.id) || time.runs <= most.runs) continue;
      if (only.empty() || time.name == only || time.name.starts_with("empty_")) most = time;
    }
  }
  variant.stop();
  return most.runs == 0 ? 0 : static_cast<double>(most.ns) / static_cast<double>(most.runs);
}

}  // namespace

TracerProcess::TracerProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{HOODTRACE_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  pid_ = spawn(argv);
  attached_ = wait_until_attached(pid_);
}

rusage TracerProcess::stop() { return end(pid_); }

Variant hoodtrace_variant(const std::string& name, const std::vector<std::string>& arguments) {
  auto running = std::make_shared<std::unique_ptr<TracerProcess>>();
  return {name,
          [running, arguments] {
            *running = std::make_unique<TracerProcess>(arguments);
            return (*running)->is_attached();
          },
          [running] { running->reset(); }};
}

Variant serve_variant(const std::string& name, std::vector<std::string> options) {
  // The line of version 2 is "0::PATH" (cgroups(7)).
  std::string cgroup = "/";
  std::ifstream cgroups("/proc/self/cgroup");
  for (std::string line; std::getline(cgroups, line);)
    if (line.starts_with("0::")) cgroup = line.substr(3);
  std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0", "--cgroup", cgroup};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return hoodtrace_variant(name, arguments);
}

Variant peer_variant(const std::string& name, const std::vector<std::string>& argv,
                     unsigned settle_ms) {
  auto running = std::make_shared<pid_t>(0);
  std::vector<std::string> found = argv;
  found[0] = find_program(argv[0]);
  return {name,
          [running, found, settle_ms] {
            if (found[0].empty()) return false;
            *running = spawn(found);
            ::usleep(settle_ms * 1000);
            if (::waitpid(*running, nullptr, WNOHANG) == 0) return true;
            *running = 0;
            return false;
          },
          [running] { end(*running); }};
}

void print_program_ratios(const std::vector<Variant>& variants, unsigned rounds,
                          const std::function<void()>& work, const std::string& only) {
  const Fd enabled(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!enabled) {
    fmt::print("no program times: this kernel keeps none\n");
    return;
  }
  std::vector<std::vector<double>> ns(variants.size());
  std::vector<std::vector<double>> ratios(variants.size());
  for (unsigned round = 0; round < rounds; round++) {
    double first = 0;
    for (std::size_t i = 0; i < variants.size(); i++) {
      const double value = busiest_program_ns(variants[i], work, only);
      if (i == 0) first = value;
      if (value == 0 || first == 0) continue;
      ns[i].push_back(value);
      ratios[i].push_back(value / first);
    }
  }
  fmt::print("{:44} {:>8} {:>9} {:>9} {:>9}\n", "", "least ns", "x the 1st", "median ns",
             "x the 1st");
  for (std::size_t i = 0; i < variants.size(); i++) {
    if (ns[i].empty()) {
      fmt::print("{:44} not run here\n", variants[i].name);
      continue;
    }
    const double least = *std::min_element(ns[i].begin(), ns[i].end());
    fmt::print("{:44} {:>8.1f} {:>9.2f} {:>9.1f} {:>9.2f}\n", variants[i].name, least,
               least / *std::min_element(ns[0].begin(), ns[0].end()), spread_of(ns[i]).median,
               spread_of(ratios[i]).median);
  }
  std::fflush(stdout);
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
