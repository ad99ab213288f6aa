// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/traced_run.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hoodtrace::testing {
namespace {

constexpr std::chrono::seconds kPatience{90};

Words joined(Words first, const Words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void take_reports(const std::string& text, TracedRun& run) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Json report = Json::parse(line, nullptr, false);
    if (report.is_discarded()) {
      run.error += "not JSON: " + line.substr(0, 200);
      run.reports.clear();
      return;
    }
    run.reports.push_back(std::move(report));
  }
}

std::string capabilities(const std::string& pid) {
  const std::string status = content("/proc/" + pid + "/status");
  const std::size_t at = status.find("CapEff:");
  const bool dead = status.find("State:\tZ") != std::string::npos;
  return at == std::string::npos || dead ? "" : status.substr(at, status.find('\n', at) - at);
}

// hoodtrace drops its privileges when all is attached and scanned, and before anything else: then
// they differ from ours.
bool wait_until_attached(pid_t pid) {
  const std::string ours = capabilities("self");
  for (int i = 0; i < 10000; i++, ::usleep(2000)) {
    const std::string theirs = capabilities(std::to_string(pid));
    if (theirs != ours) return !theirs.empty();
  }
  return false;
}

}  // namespace

std::string why_no_live() {
  if (std::string(HOODTRACE_BINARY).empty()) return "cannot run here: built without the BPF side";
  if (::geteuid() != 0) return "cannot run here: needs root";
  // In a container root may lack what BPF needs: by capabilities, or by a filter of system calls.
  constexpr int kPerfmon = 38;
  constexpr int kBpf = 39;
  const std::string held = capabilities("self");
  const std::uint64_t mask =
      std::stoull(held.substr(held.find_first_of("0123456789abcdef", 7)), nullptr, 16);
  for (const int bit : {kPerfmon, kBpf})
    if ((mask >> bit & 1) == 0) return "cannot run here: no CAP_BPF and CAP_PERFMON for this root";
  if (::syscall(SYS_bpf, -1, nullptr, 0) < 0 && errno == EPERM)
    return "cannot run here: bpf(2) is not permitted";
  // A container, as a rule. hoodtrace works there, but what these tests know are the numbers of their own
  // namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
  std::error_code error;
  const std::string space = std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  if (space != "pid:[4026531836]")
    return "cannot run here: a PID namespace of its own, and hoodtrace shows the initial one's "
           "numbers";
  return "";
}

std::string workload_path() { return HOODTRACE_BUILD_DIR "/tests/support/workload"; }
std::string why_scenes_path() { return HOODTRACE_BUILD_DIR "/tests/support/why_scenes"; }

const Json& TracedRun::report() const {
  static const Json kNone;
  return reports.empty() ? kNone : reports.back();
}

Json TracedRun::row(pid_t tid) const {
  if (report().contains("tasks"))
    for (const Json& task : report()["tasks"])
      if (task["tid"] == tid) return task;
  return Json::object();
}

TracedRun trace_workload(const Words& arguments, const Words& workload) {
  return trace_command(arguments, joined({workload_path()}, workload));
}

TracedRun trace_command(const Words& arguments, const Words& command) {
  const TemporaryFolder folder;
  const std::string file = folder.file("report.json");
  Words words = joined({HOODTRACE_BINARY}, arguments);
  words = joined(words, {"--format", "json", "-o", file, "--"});
  ChildProcess hoodtrace(joined(words, command));
  TracedRun run;
  run.exit_code = hoodtrace.wait(kPatience);
  run.error = hoodtrace.error();
  run.truth = Json::parse(hoodtrace.output(), nullptr, false);
  take_reports(content(file), run);
  return run;
}

GatedWorkload::GatedWorkload(const Words& words)
    : process_(joined({workload_path(), "--gate"}, words)) {
  if (!process_.wait_for_error("ready\n", kPatience)) return;
  ready_ = wait_until_asleep(process_.pid());
  before_ = read_kernel_counters(process_.pid());
}

void GatedWorkload::begin() { process_.write_input("g"); }

bool GatedWorkload::play() {
  begin();
  if (!process_.wait_for_error("done\n", kPatience)) return false;
  if (!wait_until_asleep(process_.pid())) return false;
  after_ = read_kernel_counters(process_.pid());
  return true;
}

Json GatedWorkload::finish() {
  process_.write_input("e");
  process_.wait(kPatience);
  return Json::parse(process_.output(), nullptr, false);
}

std::map<pid_t, KernelCounters> GatedWorkload::counters() const {
  std::map<pid_t, KernelCounters> span;
  for (const auto& [tid, counters] : after_) {
    const auto earlier = before_.find(tid);
    span[tid] = earlier == before_.end() ? counters : counters.since(earlier->second);
  }
  return span;
}

LiveTrace::LiveTrace(const Words& arguments)
    : process_(joined(joined({HOODTRACE_BINARY}, arguments), {"-o", folder_.file("out")})) {
  attached_ = wait_until_attached(process_.pid());
}

int LiveTrace::stop() {
  process_.signal(SIGINT);
  return wait();
}

int LiveTrace::wait() { return exit_code_ = process_.wait(kPatience); }

std::string LiveTrace::text() const { return content(file()); }

TracedRun LiveTrace::run() const {
  TracedRun run;
  run.exit_code = exit_code_;
  run.error = process_.error();
  take_reports(text(), run);
  return run;
}

Finished run_hoodtrace(const Words& arguments) {
  ChildProcess process(joined({HOODTRACE_BINARY}, arguments));
  Finished finished;
  finished.exit_code = process.wait(kPatience);
  finished.output = process.output();
  finished.error = process.error();
  return finished;
}

}  // namespace hoodtrace::testing
