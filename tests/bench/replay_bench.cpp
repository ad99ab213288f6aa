// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes per event of a recording, how fast it replays, and how fast it is exported. The recordings are of
// loads that this program runs, and are removed. replay_bench [ROUNDS [PART-OF-A-LOAD'S-NAME]]

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/sched/tracker.hpp"
#include "output/exporter.hpp"
#include "stream/file_source.hpp"
#include "support/temporary_folder.hpp"
#include "support/traced_run.hpp"

namespace {

using namespace hoodtrace;
using namespace hoodtrace::testing;

struct Load {
  const char* name;
  Words families;
  Words workload;
};

const std::vector<Load> kLoads = {
    {"ping-pong, sched", {"sched"}, {"pipe", "trips=400000"}},
    {"ping-pong, all families", {}, {"pipe", "trips=400000"}},
    {"storm of groups, sched", {"sched"}, {"storm", "loops=200"}},
    {"storm of groups, all families", {}, {"storm", "loops=200"}},
    {"sleepers, all families", {}, {"sleepers"}},
    {"forks, all families", {}, {"forks", "count=3000"}},
};

std::string record(const Load& load, const TemporaryFolder& folder) {
  const std::string path = folder.file("bench.htrec");
  Words words{"record", "-o", path};
  words.insert(words.end(), load.families.begin(), load.families.end());
  words.insert(words.end(), {"--", workload_path()});
  words.insert(words.end(), load.workload.begin(), load.workload.end());
  const Finished run = run_hoodtrace(words);
  if (run.exit_code != 0) std::fprintf(stderr, "replay_bench: %s", run.error.c_str());
  return run.exit_code == 0 ? path : "";
}

// Every record of the recording; how many there were.
std::uint64_t replay(const std::string& path, const std::function<void(RecordView)>& take) {
  auto source = FileSource::open(path);
  std::uint64_t count = 0;
  for (; source;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records) take(record);
    count += records->size();
  }
  return count;
}

// The recording again, its target said to be the whole system: the tracker then works out culprits
// from what ran on each CPU.
void replay_through_tracker(const std::string& path, bool culprits, bool whole) {
  TaskTable tasks;
  SchedTracker tracker(tasks, {0, culprits});
  replay(path, [&](RecordView record) {
    const std::optional<Event> event = decode(record);
    if (!event) return;
    if (const auto* session = event->as<ht_session>(); session && whole) {
      ht_session changed = *session;
      changed.flags |= HT_SESSION_WHOLE;
      changed.tail_bytes = 0;
      tracker.on(changed);
      return;
    }
    feed(tasks, *event);
    feed(tracker, *event);
  });
}

// Million events per second, the best of `rounds`.
double speed(std::uint64_t events, unsigned rounds, const std::function<void()>& run) {
  double best_s = 1e9;
  for (unsigned i = 0; i < rounds; i++) {
    const auto before = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    best_s = std::min(best_s, took.count());
  }
  return static_cast<double>(events) / best_s / 1e6;
}

// CPU time of all children so far.
double children_s() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// `hoodtrace export` of the recording in each form but the page, its start included: on a machine with
// other work the CPU time says more than the rate.
void print_exports(const std::string& path, std::uint64_t events, unsigned rounds,
                   const TemporaryFolder& folder) {
  for (const ExportForm& form : kExportForms) {
    if (form.is_page) continue;
    const std::string out = folder.file("bench" + std::string(form.ending));
    double least_s = 1e9;
    const double rate = speed(events, rounds, [&] {
      const double before_s = children_s();
      const Finished run =
          run_hoodtrace({"export", "--from", path, "--to", std::string(form.name), "-o", out});
      if (run.exit_code != 0) std::fprintf(stderr, "replay_bench: %s", run.error.c_str());
      least_s = std::min(least_s, children_s() - before_s);
    });
    std::printf("  export to %-20s %38.1f million events/s, %4.0f ns of CPU per event\n",
                std::string(form.name).c_str(), rate, least_s * 1e9 / static_cast<double>(events));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned rounds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 20;
  std::printf("\nRecordings: size, and million events per second on one core, best of %u\n",
              rounds);
  std::printf("%-32s %10s %8s %8s %8s %8s %8s\n", "load", "events", "B/event", "read", "sched",
              "whole", "no culpr");
  for (const Load& load : kLoads) {
    if (argc > 2 && std::strstr(load.name, argv[2]) == nullptr) continue;
    const TemporaryFolder folder;
    const std::string path = record(load, folder);
    if (path.empty()) return 1;
    struct stat status {};
    ::stat(path.c_str(), &status);
    const std::uint64_t events = replay(path, [](RecordView) {});
    const double read = speed(events, rounds, [&] { replay(path, [](RecordView) {}); });
    const double sched = speed(events, rounds, [&] { replay_through_tracker(path, true, false); });
    const double whole = speed(events, rounds, [&] { replay_through_tracker(path, true, true); });
    const double plain = speed(events, rounds, [&] { replay_through_tracker(path, false, true); });
    std::printf("%-32s %10llu %8.2f %8.1f %8.1f %8.1f %8.1f\n", load.name,
                static_cast<unsigned long long>(events),
                static_cast<double>(status.st_size) / static_cast<double>(events), read, sched,
                whole, plain);
    print_exports(path, events, rounds, folder);
  }
  return 0;
}
