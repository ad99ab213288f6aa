// SPDX-License-Identifier: GPL-2.0-or-later
// What a larger machine would cost: the consumer by number of rings and tasks, the encoder, reports of
// 20 000 threads, a churn of tasks. scale_bench [ROUNDS [PART [PROGRAM]]], PART: consumer, encoder,
// report, exports or churn; PROGRAM: another hoodtrace for the last three.

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/interleave.hpp"
#include "bench/scale_stream.hpp"
#include "command/stream_loop.hpp"
#include "event/feed.hpp"
#include "model/sched/tracker.hpp"
#include "stream/block.hpp"
#include "stream/column_encoder.hpp"
#include "stream/merge.hpp"
#include "stream/recorder.hpp"
#include "support/life_scenario.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::bench {
namespace {

// This thread's CPU time, in ns: what other programs do meanwhile counts less.
double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

constexpr std::uint64_t kForever = ~std::uint64_t{0};
constexpr std::size_t kBatch = 8192;  // as live/live_source.cpp
constexpr double kMuch = 1e9;         // ns; more than any of these measurements

using LaneRings = std::vector<std::vector<ht_switch>>;
using Take = std::function<void(const std::vector<RecordView>&)>;

RecordView view_of(const ht_switch& record) { return {&record.head, sizeof(record)}; }

// Reads the rings as RingInputs does: all that came in `drain_ns`, then batches, and what was released
// is returned after each. kForever: the rings have everything at once.
void merge(const LaneRings& rings, std::uint64_t drain_ns, const Take& take) {
  std::vector<Merger::Input> inputs;
  for (const std::vector<ht_switch>& ring : rings)
    inputs.push_back({ring.data(), [](const void* place, std::uint64_t& position) {
                        return view_of(static_cast<const ht_switch*>(place)[position++]);
                      }});
  Merger merger(inputs);
  std::vector<std::size_t> scanned(rings.size());
  std::uint64_t last_ns = 0;
  std::uint64_t first_ns = kForever;
  for (const auto& ring : rings) {
    first_ns = std::min<std::uint64_t>(first_ns, ring.front().head.time_ns);
    last_ns = std::max<std::uint64_t>(last_ns, ring.back().head.time_ns);
  }
  std::vector<RecordView> out;
  std::uint64_t returned = 0;
  std::uint64_t until_ns = drain_ns == kForever ? kForever : first_ns;
  for (bool more = true; more;) {
    more = until_ns < last_ns;
    for (std::size_t ring = 0; ring < rings.size(); ring++) {
      std::size_t& at = scanned[ring];
      for (; at < rings[ring].size() && rings[ring][at].head.time_ns <= until_ns; at++)
        merger.add(ring, view_of(rings[ring][at]), at);
    }
    for (bool left = true; left;) {
      out.clear();
      left = merger.release(until_ns, kBatch, out);
      take(out);
      for (std::size_t ring = 0; ring < rings.size(); ring++)
        returned += merger.oldest_held(ring, scanned[ring]);
    }
    if (more) until_ns += drain_ns;
  }
  if (returned == 0) std::abort();
}

// The same windows without a merge, one CPU's records after the other's.
void lane_by_lane(const LaneRings& rings, std::uint64_t window_ns, const Take& take) {
  std::vector<std::size_t> taken(rings.size());
  std::vector<RecordView> out;
  std::uint64_t until_ns = rings.front().front().head.time_ns;
  for (bool more = true; more; until_ns += window_ns) {
    more = false;
    out.clear();
    for (std::size_t ring = 0; ring < rings.size(); ring++) {
      std::size_t& at = taken[ring];
      for (; at < rings[ring].size() && rings[ring][at].head.time_ns <= until_ns; at++)
        out.push_back(view_of(rings[ring][at]));
      more = more || at < rings[ring].size();
    }
    take(out);
  }
}

double heap_mib() {
  return static_cast<double>(::mallinfo2().uordblks + ::mallinfo2().hblkhd) / (1 << 20);
}

// ns of CPU and of time per switch, and MiB of what is known at the end.
struct Cost {
  double cpu_ns = kMuch;
  double wall_ns = kMuch;
  double mib = 0;
};

// The same of the whole process.
double process_cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double wall_ns() {
  return std::chrono::duration<double, std::nano>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// What a report of `sched` comes from.
class Switches : public Observer {
 public:
  Switches(TaskTable& tasks, bool culprits) : tracker_(tasks, {0, culprits}) {}
  void on_event(const Event& event, std::string&) override { feed(tracker_, event); }
  SchedTracker* follows_switches() override { return &tracker_; }

 private:
  SchedTracker tracker_;
};

// The rings as a source: what comes before them, then windows of them in order of time, or CPU by CPU.
class RingSource : public Source {
 public:
  RingSource(const ScaleStream& stream, bool by_cpu) {
    std::vector<RecordView> beginning;
    for (std::size_t i = 0; i < stream.beginning.size(); i++)
      beginning.push_back(stream.beginning.at(i));
    windows_.push_back(std::move(beginning));
    const auto keep = [this](const std::vector<RecordView>& records) {
      if (!records.empty()) windows_.push_back(records);
    };
    if (by_cpu)
      lane_by_lane(stream.rings, kWindowNs, keep);
    else
      merge(stream.rings, kWindowNs, keep);
    by_cpu_ = by_cpu;
  }
  Result<std::span<const RecordView>> next() override {
    if (next_ == 1) {
      begin_cpu_ns = process_cpu_ns();
      begin_ns = wall_ns();
    }
    if (next_ == windows_.size()) return std::span<const RecordView>();
    return std::span<const RecordView>(windows_[next_++]);
  }
  [[nodiscard]] bool is_by_cpu() const override { return by_cpu_ && next_ > 1; }

  double begin_cpu_ns = 0;  // of the first window
  double begin_ns = 0;

 private:
  static constexpr std::uint64_t kWindowNs =
      20'000'000;  // a quarter of a ring at 50 000/s of 256 CPUs

  std::vector<std::vector<RecordView>> windows_;
  std::size_t next_ = 0;
  bool by_cpu_ = false;
};

// In order of time with 0 shards, else CPU by CPU.
Cost track(const ScaleStream& stream, bool culprits, std::size_t shards) {
  RingSource source(stream, shards != 0);
  const double before = heap_mib();
  TaskTable tasks;
  StreamAccount account;
  Switches switches(tasks, culprits);
  StreamLoop loop(switches, account, &tasks);
  loop.shards = shards;
  if (!loop.run(source)) std::abort();
  std::uint64_t events = 0;
  for (const auto& ring : stream.rings) events += ring.size();
  return {(process_cpu_ns() - source.begin_cpu_ns) / static_cast<double>(events),
          (wall_ns() - source.begin_ns) / static_cast<double>(events), heap_mib() - before};
}

double ns_to(const std::function<void()>& work) {
  const double begin = cpu_ns();
  work();
  return cpu_ns() - begin;
}

void consumer(unsigned rounds) {
  fmt::print("\nReading the rings, ns of CPU per switch, best of {}\n", rounds);
  fmt::print("{:>6} {:>8} {:>8} {:>13}\n", "rings", "merged", "full", "lane by lane");
  const auto nothing = [](const std::vector<RecordView>&) {};
  for (const std::uint32_t cpus : {2U, 16U, 64U, 256U}) {
    const ScaleStream stream = make_scale_stream({cpus, 1'000, 1'000'000});
    std::array<double, 3> least{kMuch, kMuch, kMuch};
    for (unsigned i = 0; i < rounds; i++) {
      const std::array<double, 3> ns = {
          ns_to([&] { merge(stream.rings, 10'000'000, nothing); }),
          ns_to([&] { merge(stream.rings, kForever, nothing); }),
          ns_to([&] { lane_by_lane(stream.rings, 10'000'000, nothing); })};
      for (std::size_t k = 0; k < ns.size(); k++) least[k] = std::min(least[k], ns[k] / 1e6);
    }
    fmt::print("{:>6} {:>8.0f} {:>8.0f} {:>13.0f}\n", cpus, least[0], least[1], least[2]);
  }

  fmt::print(
      "\nFollowing, ns of CPU per switch, best of {}: in order of time; CPU by CPU with 1, 2 and "
      "4\n"
      "shards, each on a thread of its own; and with 2 the ns of time\n",
      rounds);
  constexpr std::array<std::size_t, 4> kShards{0, 1, 2, 4};
  for (const bool culprits : {true, false}) {
    fmt::print("{}\n{:>6} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>10} {:>6}\n",
               culprits ? "with culprits" : "without", "rings", "tasks", "by time", "1", "2", "4",
               "2 time", "MiB", "of 4");
    for (const std::uint32_t cpus : {2U, 16U, 64U, 256U})
      for (const std::uint32_t tasks : {1'000U, 10'000U, 100'000U}) {
        const ScaleStream stream = make_scale_stream({cpus, tasks, 1'000'000});
        std::array<Cost, kShards.size()> least;
        for (unsigned i = 0; i < rounds; i++)
          for (std::size_t k = 0; k < kShards.size(); k++) {
            const Cost cost = track(stream, culprits, kShards[k]);
            least[k].cpu_ns = std::min(least[k].cpu_ns, cost.cpu_ns);
            least[k].wall_ns = std::min(least[k].wall_ns, cost.wall_ns);
            least[k].mib = cost.mib;
          }
        fmt::print("{:>6} {:>8} {:>8.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>10.1f} {:>6.1f}\n",
                   cpus, tasks, least[0].cpu_ns, least[1].cpu_ns, least[2].cpu_ns, least[3].cpu_ns,
                   least[2].wall_ns, least[0].mib, least[3].mib);
      }
  }
}

double best_of(unsigned rounds, const std::function<double()>& measure) {
  double best = measure();
  for (unsigned i = 1; i < rounds; i++) best = std::min(best, measure());
  return best;
}

// Blocks of 65 536 records: in order of time, and CPU by CPU.
void encoder(unsigned rounds) {
  fmt::print("\nEncoder, zstd 3, best of {}\n{:>6} {:>18} {:>10} {:>10}\n", rounds, "rings",
             "order", "ns/event", "B/event");
  for (const std::uint32_t cpus : {2U, 64U}) {
    const ScaleStream stream = make_scale_stream({cpus, 10'000, 1'000'000});
    for (const bool by_time : {true, false}) {
      std::vector<RecordBuffer> blocks(1);
      const auto add = [&](RecordView record) {
        if (blocks.back().size() == 65536) blocks.emplace_back();
        blocks.back().add_view(record);
      };
      if (by_time)
        merge(stream.rings, kForever, [&](const std::vector<RecordView>& records) {
          for (const RecordView& record : records) add(record);
        });
      else
        for (const auto& ring : stream.rings)
          for (const ht_switch& record : ring) add(view_of(record));
      std::size_t bytes = 0;
      const double ns = best_of(rounds, [&] {
        ColumnEncoder coder;
        BlockPacker packer(3);
        bytes = 0;
        const double begin = cpu_ns();
        for (const RecordBuffer& block : blocks) {
          ColumnEncoder::Span span;
          BlockHeader header;
          bytes += packer.pack(header, coder.encode(block, span)).size();
        }
        return (cpu_ns() - begin) / 1e6;
      });
      fmt::print("{:>6} {:>18} {:>10.0f} {:>10.2f}\n", cpus, by_time ? "by time" : "CPU by CPU", ns,
                 static_cast<double>(bytes) / 1e6);
    }
  }
}

// A run of hoodtrace: its seconds of CPU and its largest memory.
void print_run(const std::string& program, const std::string& name,
               std::vector<std::string> words) {
  words.insert(words.begin(), program);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (pid < 0 || ::wait4(pid, &status, 0, &used) != pid || status != 0) {
    fmt::print("{:44} failed\n", name);
    return;
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  fmt::print("{:44} {:>8.2f} {:>8.2f} {:>10.0f}\n", name,
             seconds(used.ru_utime) + seconds(used.ru_stime),
             std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
             static_cast<double>(used.ru_maxrss) / 1024);
}

std::string write(const testing::TemporaryFolder& folder, const std::string& name,
                  const std::function<void(Recorder&)>& fill) {
  std::string path = folder.file(name);
  BlockWriter::Limits limits;
  limits.waits = true;
  auto recorder = Recorder::create(path, {}, limits);
  if (!recorder) std::abort();
  fill(**recorder);
  if (!(*recorder)->finish()) std::abort();
  return path;
}

void write_all(Recorder& recorder, const RecordBuffer& records) {
  for (std::size_t i = 0; i < records.size(); i++) {
    const RecordView record = records.at(i);
    (void)recorder.write({&record, 1});
  }
}

void heading(const char* title) {
  fmt::print("\n{:44} {:>8} {:>8} {:>10}\n", title, "CPU s", "s", "MiB");
}

// 20 000 threads on 64 CPUs: each has waited behind some 300 others.
void report(const std::string& program) {
  const testing::TemporaryFolder folder;
  const std::string threads = write(folder, "threads.htrec", [](Recorder& recorder) {
    const ScaleStream stream = make_scale_stream({64, 20'000, 200'000, 1000});
    write_all(recorder, stream.beginning);
    merge(stream.rings, 10'000'000,
          [&](const std::vector<RecordView>& records) { (void)recorder.write(records); });
    write_all(recorder, stream.end);
  });
  const std::string processes = write(folder, "processes.htrec", [](Recorder& recorder) {
    LifeScenario lives;
    lives.session();
    lives.seen(10, {.comm = "server"});
    std::uint64_t now_ns = 1'000;
    for (std::uint32_t pid = 100; pid < 20'100; pid++, now_ns += 1'000) {
      lives.at(now_ns).born(pid, {.parent_pid = 10, .comm = "worker", .start_ns = now_ns});
      lives.at(now_ns + 100).runs(pid, 50);
      lives.at(now_ns + 200).executes(pid, "/usr/bin/worker", {.argv = {"worker", "--id", "a"}});
      lives.at(now_ns + 300).exits(pid);
      lives.at(now_ns + 400).looks(10);
    }
    write_all(recorder, lives.at(now_ns).end().records());
  });
  heading("Reports of 20 000");
  print_run(program, "threads: sched, text",
            {"sched", "--from", threads, "-o", folder.file("out")});
  print_run(program, "threads: sched, json",
            {"sched", "--from", threads, "--format", "json", "-o", folder.file("out")});
  print_run(program, "threads: sched, json, all culprits",
            {"sched", "--from", threads, "--format", "json", "--culprits", "0", "-o",
             folder.file("out")});
  print_run(program, "processes: procs, json",
            {"procs", "--from", processes, "--format", "json", "-o", folder.file("out")});
  print_run(program, "processes: html",
            {"export", "--from", processes, "--to", "html", "-o", folder.file("out.html")});
}

// Two million switches of 10 000 tasks on 64 CPUs.
void exports(const std::string& program) {
  const testing::TemporaryFolder folder;
  const std::string path = write(folder, "switches.htrec", [](Recorder& recorder) {
    const ScaleStream stream = make_scale_stream({64, 10'000, 2'000'000});
    write_all(recorder, stream.beginning);
    merge(stream.rings, 10'000'000,
          [&](const std::vector<RecordView>& records) { (void)recorder.write(records); });
    write_all(recorder, stream.end);
  });
  heading("Exports of 2 000 000 switches");
  for (const char* form : {"jsonl", "csv", "perfetto"})
    print_run(program, form, {"export", "--from", path, "--to", form});
}

// Tasks that are born and end: what is known of the dead must not grow.
void churn(const std::string& program) {
  const testing::TemporaryFolder folder;
  heading("Churn of tasks: sched, json");
  for (const std::uint32_t forks : {20'000U, 60'000U, 240'000U}) {
    const std::string path = write(folder, fmt::format("{}.htrec", forks), [&](Recorder& recorder) {
      StreamBuilder scenario;
      scenario.session().seen(10, {.comm = "server"});
      std::uint64_t now_ns = 1'000;
      for (std::uint32_t i = 0; i < forks; i++, now_ns += 1'000) {
        const std::uint32_t tid = 100 + i;
        scenario.at(now_ns).born(tid, {.parent_pid = 10, .comm = "worker", .start_ns = now_ns});
        scenario.at(now_ns + 100).switches({.from = 0, .to = tid, .wait_ns = 50});
        scenario.at(now_ns + 300).switches({.from = tid, .to = 0, .state = kDead});
        scenario.at(now_ns + 310).ends(tid);
      }
      write_all(recorder, scenario.at(now_ns).end().records());
    });
    print_run(program, fmt::format("{} forks", forks),
              {"sched", "--from", path, "--format", "json", "-o", folder.file("out")});
  }
}

}  // namespace
}  // namespace hoodtrace::bench

int main(int argc, char** argv) {
  using namespace hoodtrace::bench;
  constexpr int kMostRounds = 3;  // a round takes a minute
  const unsigned rounds = std::clamp(argc > 1 ? std::atoi(argv[1]) : kMostRounds, 1, kMostRounds);
  const std::string part = argc > 2 ? argv[2] : "";
  const auto wants = [&part](const char* name) { return part.empty() || part == name; };
  if (wants("consumer")) consumer(rounds);
  if (wants("encoder")) encoder(rounds);
  const std::string program = argc > 3 ? argv[3] : HOODTRACE_BINARY;
  if (wants("report")) report(program);
  if (wants("exports")) exports(program);
  if (wants("churn")) churn(program);
  return 0;
}
