// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/sched_table_scenarios.hpp"

#include <cstring>

namespace hoodtrace::golden {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kService = 7;
constexpr std::uint32_t kWorker = 11;
constexpr std::uint32_t kAudio = 12;
constexpr std::uint32_t kControl = 13;
constexpr std::uint32_t kHelper = 14;
constexpr std::uint8_t kFifo = 1;
constexpr std::uint8_t kFifoPrio = 49;
constexpr std::uint8_t kDeadline = 6;
constexpr std::uint8_t kDeadlinePrio = 255;

class Scene {
 public:
  explicit Scene(StreamBuilder& stream) : stream_(stream) {}

  void begin() {
    ht_session session{};
    session.head = {1000 * kMs, 0, HT_SESSION, HT_NO_CPU};
    session.flags = HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_IOWAIT;
    session.cpus = 2;
    using namespace std::string_literals;
    stream_.at(1000 * kMs)
        .add(session,
             "target\0the whole system\0how\0sched_switch (tp_btf)\0"
             "families\0sched,quota,irq,realtime,cpus\0cpus_online\0"
             "0-1\0cpu_caches\0"
             "0;1\0cpu_nodes\0"
             "0-1\0"s);
    stream_.cgroup(kService, "/system.slice/app.service");
    stream_.seen(kWorker, {.comm = "worker", .cgroup_id = kService})
        .seen(kAudio, {.comm = "audio"})
        .seen(kControl, {.comm = "control"})
        .seen(kHelper, {.comm = "ksoftirqd/0", .kthread = true});
  }
  void quota(std::uint32_t periods, std::uint32_t throttled, std::uint64_t throttled_ns) {
    ht_quota record{};
    record.head = {stream_.now_ns(), 0, HT_QUOTA, 0};
    record.cgroup_id = kService;
    record.quota_ns = 30 * kMs;
    record.period_ns = 100 * kMs;
    record.burst_ns = 10 * kMs;
    record.periods = periods;
    record.throttled = throttled;
    record.throttled_ns = throttled_ns;
    record.bursts = periods / 50;
    record.burst_used_ns = record.bursts * 4 * kMs;
    record.flags = HT_QUOTA_BURSTS;
    stream_.add(record);
  }
  void pressure(std::uint64_t cgroup_id, std::uint64_t some_us, std::uint64_t full_us) {
    stream_.add(ht_pressure{{stream_.now_ns(), 0, HT_PRESSURE, HT_NO_CPU},
                            cgroup_id,
                            some_us,
                            full_us,
                            HT_PRESSURE_FULL,
                            0});
  }
  void throttled(std::uint32_t tid) {
    stream_.add(
        ht_quota_wait{{stream_.now_ns(), tid, HT_QUOTA_WAIT, 0}, kService, HT_QUOTA_LEFT, 0});
  }
  void irq(std::uint32_t tid, std::uint8_t kind, std::uint32_t vector, std::uint64_t ns,
           const char* name = "") {
    ht_irq record{};
    record.head = {stream_.now_ns(), tid, HT_IRQ, 0};
    record.ns = ns;
    record.vector = vector;
    record.kind = kind;
    std::strncpy(record.name, name, sizeof(record.name) - 1);
    stream_.add(record);
  }
  void stolen(std::uint32_t tid, std::uint64_t steal_ns, std::uint64_t irq_ns) {
    stream_.add(ht_stolen{{stream_.now_ns(), tid, HT_STOLEN, 0},
                          steal_ns,
                          irq_ns,
                          steal_ns + irq_ns,
                          HT_STOLEN_STEAL | HT_STOLEN_IRQ,
                          0});
  }
  void leaves(std::uint32_t tid, std::uint16_t cpu, std::uint8_t flags, std::int64_t late_ns = 0) {
    ht_realtime record{};
    record.head = {stream_.now_ns(), tid, HT_REALTIME, cpu};
    record.flags = flags;
    record.policy = kFifo;
    record.prio = kFifoPrio;
    if (flags & HT_REALTIME_DEADLINE) {
      record.policy = kDeadline;
      record.prio = -1;
      record.dl_runtime_ns = 2 * kMs;
      record.dl_deadline_ns = record.dl_period_ns = 10 * kMs;
      record.dl_left_ns = -3000;
      record.late_ns = late_ns;
    }
    record.rt_runtime_ns = flags & HT_REALTIME_SHARE ? 950 * kMs : 0;
    stream_.add(record);
  }
  void queue(std::uint16_t cpu, std::uint16_t fair, std::uint16_t real_time, std::uint16_t deadline,
             std::uint16_t delayed) {
    ht_queue record{};
    record.head = {stream_.now_ns(), 0, HT_QUEUE, cpu};
    record.fair = fair;
    record.real_time = real_time;
    record.deadline = deadline;
    record.delayed = delayed;
    stream_.add(record);
  }

 private:
  StreamBuilder& stream_;
};

}  // namespace

StreamBuilder limited_machine() {
  StreamBuilder stream;
  Scene scene(stream);
  scene.begin();
  scene.quota(100, 90, 900 * kMs);
  scene.pressure(0, 1'000'000, 0);
  scene.pressure(kService, 500'000, 400'000);
  // CPU 0: the worker uses up its quota of 30 ms, and is cut by the audio task for 5 ms.
  stream.at(1010 * kMs).on_cpu(0).switches({.from = 0, .to = kWorker});
  scene.queue(0, 1, 0, 0, 1);
  scene.irq(kWorker, HT_IRQ_LOCAL, 236, 4000, "local timer");
  scene.irq(kWorker, HT_IRQ_SOFT, 1, 9000);
  stream.at(1020 * kMs)
      .switches({.from = kWorker, .to = kAudio, .prio = kFifoPrio, .policy = kFifo});
  scene.stolen(kWorker, 150'000, 12'000);
  scene.queue(0, 1, 1, 0, 0);
  stream.at(1022 * kMs);
  scene.irq(kAudio, HT_IRQ_DEVICE, 36, 7000, "nvme0q1");
  stream.at(1025 * kMs)
      .switches({.from = kAudio, .to = kWorker, .state = kSleeping, .wait_ns = 5 * kMs});
  scene.leaves(kAudio, 0, HT_REALTIME_SHARE);
  scene.queue(0, 1, 0, 0, 0);
  stream.at(1045 * kMs).switches({.from = kWorker, .to = 0});
  scene.throttled(kWorker);
  scene.queue(0, 0, 0, 0, 0);
  stream.at(1050 * kMs);
  scene.irq(0, HT_IRQ_DEVICE, 36, 3000, "nvme0q1");
  stream.at(1110 * kMs).switches({.from = 0, .to = kWorker, .wait_ns = 65 * kMs});
  scene.queue(0, 1, 0, 0, 0);
  // ksoftirqd's own work, and the audio task, which is kept off by the fair server.
  stream.at(1115 * kMs).switches({.from = kWorker, .to = kHelper, .state = kSleeping});
  scene.irq(kHelper, HT_IRQ_SOFT, 3, 80'000);
  stream.at(1116 * kMs)
      .switches(
          {.from = kHelper, .to = kAudio, .state = kSleeping, .prio = kFifoPrio, .policy = kFifo});
  stream.at(1130 * kMs).switches({.from = kAudio, .to = kHelper, .wait_ns = kMs});
  scene.leaves(kAudio, 0, HT_REALTIME_RUNNABLE | HT_REALTIME_SERVER);
  stream.at(1135 * kMs)
      .switches({.from = kHelper,
                 .to = kAudio,
                 .state = kSleeping,
                 .wait_ns = 5 * kMs,
                 .prio = kFifoPrio,
                 .policy = kFifo});
  stream.at(1140 * kMs).switches({.from = kAudio, .to = 0, .state = kSleeping});
  scene.leaves(kAudio, 0, HT_REALTIME_RT_THROTTLED | HT_REALTIME_SHARE);
  // CPU 1
  stream.at(1141 * kMs)
      .on_cpu(1)
      .switches({.from = 0, .to = kControl, .prio = kDeadlinePrio, .policy = kDeadline});
  scene.queue(1, 0, 0, 1, 0);
  stream.at(1143 * kMs).switches({.from = kControl, .to = 0});
  scene.leaves(kControl, 1, HT_REALTIME_RUNNABLE | HT_REALTIME_DEADLINE | HT_REALTIME_DL_THROTTLED);
  scene.queue(1, 0, 0, 0, 0);
  stream.at(1151 * kMs)
      .switches({.from = 0,
                 .to = kControl,
                 .wait_ns = 8 * kMs,
                 .prio = kDeadlinePrio,
                 .policy = kDeadline});
  stream.at(1153 * kMs).switches({.from = kControl, .to = 0, .state = kSleeping});
  scene.leaves(kControl, 1, HT_REALTIME_DEADLINE | HT_REALTIME_LATE, 40'000);
  stream.at(1154 * kMs).migrates(kWorker, 0, HT_MOVE_WAKEUP);
  stream.at(1155 * kMs).migrates(kWorker, 0, HT_MOVE_PULL);
  stream.on_cpu(0).migrates(kWorker, 1, HT_MOVE_WAKEUP);
  stream.at(1160 * kMs);
  scene.quota(102, 91, 970 * kMs);
  scene.pressure(0, 1'090'000, 0);
  scene.pressure(kService, 570'000, 465'000);
  return stream.at(1200 * kMs).end();
}

}  // namespace hoodtrace::golden
