// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/why_scenarios.hpp"

#include <fmt/format.h>

#include "support/why_scenario.hpp"

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kFutexWaitPrivate = 128;  // FUTEX_WAIT | FUTEX_PRIVATE_FLAG
constexpr std::uint16_t kKillable = 0x102;
constexpr std::uint32_t kTarget = HT_SESSION_EXACT | HT_SESSION_IOWAIT;

constexpr std::uint32_t kDb = 4242;
constexpr std::uint32_t kWorker = 4250;
constexpr std::uint32_t kHolder = 4251;
constexpr std::uint32_t kLoader = 4260;
constexpr std::uint32_t kDump = 991;
constexpr std::uint32_t kFirstOfPool = 4300;
constexpr std::uint32_t kPool = 9;

constexpr std::uint64_t kTable = 1;  // objects
constexpr std::uint64_t kLog = 2;
constexpr std::uint64_t kClient = 3;
constexpr std::uint64_t kPipe = 4;
constexpr std::uint64_t kEpoll = 5;
constexpr std::uint64_t kInRead = 0x10;  // places
constexpr std::uint64_t kInFault = 0x11;
constexpr std::uint64_t kInSync = 0x12;

// Ends of CPUs' turns, with what the worker and the others do.
class Database {
 public:
  StreamBuilder take() {
    begin();
    run();
    scenario_.at(1100 * kMs);
    for (const std::uint32_t tid : {kDb, kWorker, kHolder, kLoader}) scenario_.counters(tid);
    for (std::uint32_t i = 0; i < kPool; i++) scenario_.counters(kFirstOfPool + i);
    return scenario_.end();
  }

 private:
  void begin() {
    scenario_.at(1000 * kMs)
        .session(kTarget, "process 4242 (db)")
        .cgroup(7, "/system.slice/db.service")
        .seen(kDb, {.comm = "db", .cgroup_id = 7})
        .seen(kDump, {.comm = "pg_dump", .on_cpu = true, .traced = false});
    for (const auto& [tid, comm] :
         {std::pair(kWorker, "worker"), {kHolder, "worker"}, {kLoader, "loader"}})
      scenario_.seen(tid, {.pid = kDb, .comm = comm, .cgroup_id = 7, .on_cpu = true});
    for (std::uint32_t i = 0; i < kPool; i++)
      scenario_.seen(kFirstOfPool + i,
                     {.pid = kDb, .comm = fmt::format("pool-{}", i), .cgroup_id = 7});
    scenario_.with_runtimes();
    why_.file(kTable, 100, {"1249", "5", "base", "db", "lib", "var"})
        .file(kLog, 101, {"wal", "db", "lib", "var"})
        .tcp(kClient, "10.0.0.1", 5432, "10.0.0.9", 40112)
        .pipe(kPipe, 4711)
        .event(kEpoll, "[eventpoll]");
    why_.place(kInRead, {"io_schedule", "folio_wait_bit_common", "filemap_read", "vfs_read"})
        .place(kInFault, {"io_schedule", "folio_wait_bit_common", "filemap_fault",
                          "handle_mm_fault", "exc_page_fault"})
        .place(kInSync, {"schedule", "jbd2_log_wait_commit", "ext4_sync_file", "do_fsync"});
    const SleepFields epoll{.call = kEpollCall, .object = kEpoll, .flags = HT_SLEEP_SCANNED};
    why_.sleeps(kDb, epoll);
    for (std::uint32_t i = 0; i < kPool; i++)
      why_.sleeps(kFirstOfPool + i, {.call = kFutexCall,
                                     .args = {0x7f3a2c000040, kFutexWaitPrivate, 0},
                                     .flags = HT_SLEEP_SCANNED});
  }

  void leaves(std::uint64_t ms, std::uint16_t cpu, std::uint32_t tid, const SleepFields& sleep) {
    scenario_.at(ms * kMs);
    why_.on_cpu(cpu).sleeps(tid, sleep);
    scenario_.switches({.from = tid,
                        .to = 0,
                        .state = sleep.state,
                        .iowait = (sleep.flags & HT_SLEEP_IOWAIT) != 0,
                        .to_traced = false});
  }
  // Woken, and on its CPU at once.
  void comes(std::uint64_t ms, std::uint16_t cpu, std::uint32_t tid, const WakerFields& waker) {
    scenario_.at(ms * kMs);
    why_.on_cpu(cpu).wakes(tid, waker);
    scenario_.switches({.from = 0, .to = tid, .from_traced = false});
  }

  void run() {
    const WakerFields interrupt{.context = HT_CONTEXT_HARDIRQ};
    leaves(1010, 0, kWorker,
           {.call = kReadCall,
            .object = kTable,
            .stack = kInRead,
            .state = kDiskSleep,
            .flags = HT_SLEEP_IOWAIT});
    comes(1019, 0, kWorker, interrupt);
    scenario_.at(1029 * kMs)
        .on_cpu(0)
        .switches({.from = kWorker, .to = kDump, .to_traced = false, .nr_running = 2});
    scenario_.at(1041 * kMs).behind(kWorker, {{kDump, 12 * kMs}});
    scenario_.switches({.from = kDump, .to = kWorker, .wait_ns = 12 * kMs, .from_traced = false});
    leaves(1045, 0, kWorker,
           {.call = kFutexCall,
            .args = {0x7f3a2c0010a0, kFutexWaitPrivate, 2},
            .owner_tid = kHolder,
            .value = 2});
    // The holder syncs the log, and waits for a CPU afterwards.
    leaves(1047, 1, kHolder,
           {.call = kFsyncCall, .object = kLog, .stack = kInSync, .state = kDiskSleep});
    scenario_.at(1050 * kMs);
    why_.on_cpu(1).wakes(kHolder, {.tid = 55});
    scenario_.at(1051 * kMs).behind(kHolder, {{kDump, kMs}});
    scenario_.switches({.from = 0, .to = kHolder, .wait_ns = kMs, .from_traced = false});
    comes(1055, 0, kWorker, {.tid = kHolder, .call = kFutexCall});
    leaves(1058, 0, kWorker,
           {.call = kMunmapCall,
            .owner_tid = kLoader,
            .state = kKillable,
            .lock = HT_LOCK_RWSEM_WRITE,
            .which = HT_LOCK_OF_MM});
    leaves(1060, 1, kHolder, {.call = kFutexCall, .args = {0x7f3a2c000040, kFutexWaitPrivate, 0}});
    comes(1062, 0, kWorker, {.tid = kLoader, .call = kMunmapCall});
    leaves(1063, 2, kLoader, {.call = kReadCall, .object = kPipe});
    leaves(1065, 0, kWorker,
           {.stack = kInFault, .faulted = kTable, .state = kDiskSleep, .flags = HT_SLEEP_IOWAIT});
    comes(1067, 0, kWorker, interrupt);
    leaves(1070, 0, kWorker, {.call = kEpollCall, .object = kEpoll});
    scenario_.at(1095 * kMs);
    why_.on_cpu(0).wakes(kWorker, {.context = HT_CONTEXT_SOFTIRQ}).ready(kWorker, kClient, 9);
    scenario_.switches({.from = 0, .to = kWorker, .from_traced = false});
    leaves(1097, 0, kWorker, {.call = kNanosleepCall});
  }

  StreamBuilder scenario_;
  WhyScenario why_{scenario_};
};

}  // namespace

StreamBuilder slow_database() { return Database().take(); }

StreamBuilder hostile_causes() {
  StreamBuilder scenario;
  WhyScenario why(scenario);
  scenario.at(1000 * kMs)
      .session(kTarget, "command \x1b[31msh\x1b[0m")
      .cgroup(9, "/user.slice/\x1b]0;owned\x07")
      .seen(10, {.comm = "\x1b[2J\x1b[H", .cgroup_id = 9, .on_cpu = true})
      .seen(11, {.pid = 10, .comm = "a\nb\tc\r", .cgroup_id = 9, .on_cpu = true})
      .seen(12, {.comm = "=cmd|'/C x'!A1", .cgroup_id = 9, .on_cpu = true})
      .with_runtimes();
  why.file(1, 100, {"\x1b[31mred\n=1+1,\"", "\xff\xfe"})
      .event(2, "[\x1b[7m\r\x9b]")
      .place(0x10, {"schedule", "\x1b]0;owned\x07"});
  const auto round = [&](std::uint32_t tid, std::uint16_t cpu, const SleepFields& sleep,
                         std::uint32_t waker) {
    scenario.at(1010 * kMs + cpu);
    why.on_cpu(cpu).sleeps(tid, sleep);
    scenario.switches({.from = tid, .to = 0, .state = sleep.state, .to_traced = false});
    scenario.at(1030 * kMs + cpu);
    why.wakes(tid, {.tid = waker, .call = kWriteCall});
    scenario.switches({.from = 0, .to = tid, .from_traced = false});
  };
  round(10, 0, {.call = kReadCall, .object = 1, .state = kDiskSleep}, 11);
  round(11, 1, {.stack = 0x10, .state = kDiskSleep, .flags = HT_SLEEP_KTHREAD}, 12);
  round(12, 2, {.call = kReadCall, .object = 2}, 10);
  scenario.at(1040 * kMs);
  for (std::uint32_t tid = 10; tid <= 12; tid++) scenario.counters(tid);
  return scenario.end();
}

StreamBuilder many_causes() {
  constexpr std::uint32_t kEach = 100;
  StreamBuilder scenario;
  WhyScenario why(scenario);
  scenario.at(1000 * kMs)
      .session(kTarget, "thread 10")
      .seen(10, {.comm = "server", .on_cpu = true});
  for (std::uint32_t i = 0; i < 2 * kEach; i++)
    scenario.seen(1000 + i, {.comm = fmt::format("client-{}", i), .traced = false});
  why.pipe(1, 4711);
  for (std::uint32_t i = 0; i < kEach; i++)
    why.file(100 + i, 500 + i, {fmt::format("{}", i), "srv"});
  scenario.with_runtimes();
  std::uint64_t now_ns = 1000 * kMs;
  const auto sleep = [&](const SleepFields& fields, const WakerFields& waker) {
    why.sleeps(10, fields);
    scenario.switches({.from = 10,
                       .to = 0,
                       .state = fields.state,
                       .iowait = (fields.flags & HT_SLEEP_IOWAIT) != 0,
                       .to_traced = false});
    scenario.at(now_ns += kMs);
    why.wakes(10, waker);
    scenario.switches({.from = 0, .to = 10, .from_traced = false});
  };
  for (std::uint32_t i = 0; i < 2 * kEach; i++) {
    scenario.at(now_ns += kMs);
    sleep({.call = kReadCall, .object = 1}, {.tid = 1000 + i, .call = kWriteCall});
  }
  for (std::uint32_t i = 0; i < kEach; i++) {
    scenario.at(now_ns += kMs);
    sleep({.call = kReadCall, .object = 100 + i, .state = kDiskSleep, .flags = HT_SLEEP_IOWAIT},
          {.context = HT_CONTEXT_HARDIRQ});
    scenario.at(now_ns += kMs).switches({.from = 10, .to = 1000 + i, .to_traced = false});
    scenario.at(now_ns += kMs).behind(10, {{1000 + i, kMs}});
    scenario.switches({.from = 1000 + i, .to = 10, .wait_ns = kMs, .from_traced = false});
  }
  return scenario.at(now_ns += kMs).counters(10).end();
}

}  // namespace hoodtrace::golden
