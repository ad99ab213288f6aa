// SPDX-License-Identifier: GPL-2.0-or-later
// The cost of hoodtrace itself: time until it is attached, memory, and CPU time per event (read,
// decode, merge, track) while a ping-pong on one CPU makes events as fast as it can.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/interleave.hpp"
#include "bench/ping_pong.hpp"
#include "bench/tracer_process.hpp"

namespace hoodtrace::bench {
namespace {

struct Run {
  double attach_ms = 0;
  double cpu_ns_per_event = 0;
  double resident_mib = 0;
  bool ok = false;
};

// CPU time so far of a process that still runs, in ns (schedstat, exact to the ns).
double cpu_ns(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  double ns = 0;
  file >> ns;
  return ns;
}

Run measure(const std::vector<std::string>& words, PingPong* pair) {
  const std::string report = fmt::format("/tmp/ht_consumer_bench.{}", ::getpid());
  std::vector<std::string> argv = words;
  argv.insert(argv.end(), {"--format", "json", "-o", report});
  Run run;
  const auto start = std::chrono::steady_clock::now();
  TracerProcess tracer(argv);
  if (!tracer.is_attached()) return run;
  run.attach_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const double before = cpu_ns(tracer.pid());
  for (int i = 0; pair != nullptr && i < 10; i++) pair->burst(40'000);
  const double spent = cpu_ns(tracer.pid()) - before;
  run.resident_mib = static_cast<double>(tracer.stop().ru_maxrss) / 1024;
  std::ifstream file(report);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  ::unlink(report.c_str());
  if (json.is_discarded()) return run;
  const double seen = json["events"]["seen"].get<double>();
  run.cpu_ns_per_event = seen > 0 ? spent / seen : 0;
  run.ok = true;
  return run;
}

void print(const std::string& name, const std::vector<std::string>& words, PingPong* pair,
           unsigned rounds) {
  std::vector<double> attach;
  std::vector<double> per_event;
  std::vector<double> resident;
  for (unsigned i = 0; i < rounds; i++) {
    const Run run = measure(words, pair);
    if (!run.ok) continue;
    attach.push_back(run.attach_ms);
    per_event.push_back(run.cpu_ns_per_event);
    resident.push_back(run.resident_mib);
  }
  fmt::print("{:34} {:>12.0f} {:>16.0f} {:>14.1f}\n", name, spread_of(attach).median,
             spread_of(per_event).median, spread_of(resident).median);
}

}  // namespace
}  // namespace hoodtrace::bench

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  const auto pair = PingPong::start(0);
  if (!pair) return 1;
  fmt::print("\n{:34} {:>12} {:>16} {:>14}\n", "hoodtrace itself", "ms to attach",
             "CPU ns per event", "MiB resident");
  print("sched", {"sched"}, pair.get(), rounds);
  print("sched --no-culprits", {"sched", "--no-culprits"}, pair.get(), rounds);
  print("sched --wakers", {"sched", "--wakers"}, pair.get(), rounds);
  return 0;
}
