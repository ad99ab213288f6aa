// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/live_source.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <future>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "live/boot_clock.hpp"
#include "live/bpf_object.hpp"
#include "live/cache_world.hpp"
#include "live/capabilities.hpp"
#include "live/command_child.hpp"
#include "live/cycle_counters.hpp"
#include "live/detect_features.hpp"
#include "live/disk_counters.hpp"
#include "live/disk_world.hpp"
#include "live/kernel_symbols.hpp"
#include "live/load_averages.hpp"
#include "live/names_first.hpp"
#include "live/online_cpus.hpp"
#include "live/own_pids.hpp"
#include "live/proc_programs.hpp"
#include "live/quota_world.hpp"
#include "live/ring_inputs.hpp"
#include "live/session_record.hpp"
#include "live/target.hpp"
#include "live/target_threads.hpp"
#include "live/totals_reader.hpp"
#include "live/wakeups.hpp"
#include "stream/backlog.hpp"

namespace hoodtrace {
namespace {

// The timer drain. Long enough to cost nothing when idle, short enough that a quarter of a ring
// (the fill threshold) is what wakes us first when busy.
constexpr std::uint64_t kDrainNs = 50'000'000;
// After the last record; views that hold something back until it is settled do so no longer.
constexpr std::uint64_t kPulseNs = 100'000'000;
constexpr std::size_t kBatch = 8192;
constexpr std::uint64_t kOthersNs = 5'000'000'000;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

class LiveSource : public Source {
 public:
  static Result<std::unique_ptr<Source>> create(const TraceRequest& request,
                                                std::optional<KernelSymbols>& symbols);
  Result<std::span<const RecordView>> next() override;
  [[nodiscard]] bool is_by_cpu() const override { return is_by_cpu_; }

 private:
  explicit LiveSource(const TraceRequest& request) : request_(request) {}
  Result<void> start(std::optional<KernelSymbols>& known);
  Result<void> add_counters(std::uint64_t now_ns);
  Result<void> add_counters_of_tick(std::uint64_t now_ns);
  Result<void> add_disk_counts();
  Result<void> add_quotas();
  Result<void> add_others(std::uint64_t now_ns);
  void add_tick(std::uint32_t kind, std::uint64_t time_ns = boot_clock_ns());
  void shed_culprits();
  Result<void> add_lives(const OwnPids& own_pids, std::uint32_t self_pid);
  Result<void> advance();
  [[nodiscard]] std::uint64_t pause_ns() const;
  void look_at_interval();
  void look_at_cpus(std::uint64_t now_ns);
  void finish();
  [[nodiscard]] bool is_over(std::uint64_t now_ns);

  TraceRequest request_;
  std::unique_ptr<BpfObject> object_;
  std::unique_ptr<CommandChild> child_;
  std::optional<Wakeups> wakeups_;
  TargetThreads threads_;
  NamesFirst names_;
  CacheWorld cache_world_;  // the page cache's records, and the mounts of files
  bool traces_cache_ = false;
  DiskWorld disk_world_;
  bool traces_disk_ = false;
  std::optional<QuotaWorld> quota_world_;
  std::unique_ptr<TotalsReader> totals_;  // not null: sums in the kernel, and nothing else

  std::unique_ptr<RingInputs> inputs_;
  RecordBuffer making_;  // records made here, not yet queued

  std::vector<RecordView> released_;
  std::vector<RecordView> batch_;
  Backlog backlog_;
  OnlineCpus cpus_;
  std::optional<LoadAverages> load_averages_;
  std::uint64_t next_cpu_look_ns_ = 0;
  std::uint64_t ends_ns_ = kForever;
  std::uint64_t next_tick_ns_ = kForever;
  std::uint64_t last_tick_ns_ = 0;
  std::uint64_t counters_cost_ns_ = 0;  // of the last time, for spares_counters
  std::uint64_t next_audit_ns_ = 0;
  bool audit_goes_on_ = true;  // the interval began with counters
  std::uint64_t next_counters_ns_ = kForever;
  std::uint64_t next_others_ns_ = 0;
  std::uint64_t pulse_ns_ = kForever;  // when one is due
  bool draining_ = false;              // detached: the rings are being emptied
  bool finished_ = false;              // the final tick is in the stream
  bool is_drained_ = true;
  bool is_by_cpu_ = false;  // the last records are
};

Result<std::unique_ptr<Source>> LiveSource::create(const TraceRequest& request,
                                                   std::optional<KernelSymbols>& symbols) {
  std::unique_ptr<LiveSource> source(new LiveSource(request));
  RETURN_IF_ERROR(source->start(symbols));
  return std::unique_ptr<Source>(std::move(source));
}

// `known`: the kernel's functions, from an earlier source or for a later one.
Result<void> LiveSource::start(std::optional<KernelSymbols>& known) {
  Result<Features> features = detect_features(request_.btf_path, request_.families);
  if (!features) return features.error();
  if (request_.cycles) {
    features->cycles_error = try_cycle_counters();
    features->cycles = features->cycles_error == 0;
  }
  Result<Plan> plan = make_plan(request_, *features);
  if (!plan) return plan.error();
  Result<KernelFilter> filter = resolve_target(request_.target);
  if (!filter) return filter.error();

  Result<Wakeups> wakeups = Wakeups::create(request_.counters_interval_ns != 0);
  if (!wakeups) return wakeups.error();
  wakeups_ = std::move(*wakeups);
  if (!request_.target.command.empty()) {
    Result<CommandChild> child =
        CommandChild::start(request_.target.command, request_.target.command_is_silent);
    if (!child) return child.error();
    child_ = std::make_unique<CommandChild>(std::move(*child));
    filter->pids.push_back(static_cast<std::uint32_t>(child_->pid()));
    RETURN_IF_ERROR(wakeups_->watch_command(child_->pidfd()));
  } else {
    RETURN_IF_ERROR(wakeups_->watch_processes(open_processes(request_.target)));
  }

  Result<OwnPids> own_pids = OwnPids::read(request_.btf_path);
  if (!own_pids) return own_pids.error();
  RETURN_IF_ERROR(own_pids->translate(*filter));
  names_.set_pids_are_initial(own_pids->are_initial());
  names_.set_user_stacks(request_.stacks_ns != 0);
  const std::vector<std::uint32_t> tids = filter->tids;
  // Who is of the target, the reader decides then (ReplayFilter).
  if (request_.others) {
    KernelFilter everybody;
    everybody.self_pid = filter->self_pid;
    *filter = std::move(everybody);
  }
  RETURN_IF_ERROR(aim_plan(*filter, *features, *plan));

  // Read beside the verifier's work. The thread has ended when privileges are dropped, which are a
  // thread's own.
  const bool has_stacks = plan->families.has(Family::kWhy);
  std::future<KernelSymbols> symbols;
  if (!known && (has_stacks || request_.families_follow)) symbols = std::async(KernelSymbols::read);

  Result<std::unique_ptr<BpfObject>> object = BpfObject::load(*plan, *filter, request_.btf_path);
  if (!object) return object.error();
  object_ = std::move(*object);
  inputs_ = std::make_unique<RingInputs>(object_->rings(), request_.by_cpu);
  for (const RingReader& ring : object_->rings().buffers)
    RETURN_IF_ERROR(wakeups_->watch_ring(ring.fd()));

  // Ahead of a busy machine; without the privilege we run as we are. The limit lets the writer of a
  // recording, which is not in such a hurry, come back when it falls behind (BlockWriter).
  constexpr rlim_t kAnyNice = 40;  // 20 - nice, setrlimit(2)
  const rlimit any_nice{kAnyNice, kAnyNice};
  ::setrlimit(RLIMIT_NICE, &any_nice);
  // Where shares are measured, the weight of nice -20 would be in them, 87 times that of a task, and
  // while hoodtrace sleeps with a delayed dequeue too (docs/kernel-notes.md, note 95).
  if (!plan->families.has(Family::kFair)) ::setpriority(PRIO_PROCESS, 0, -20);

  const std::uint64_t begin_ns = boot_clock_ns();
  add_session(request_, *plan, *filter, cpus_.online(), begin_ns, making_);
  if (request_.load_averages) {
    load_averages_.emplace();
    load_averages_->look(begin_ns, true, making_);
  }
  traces_disk_ = plan->families.has(Family::kDisk) && !plan->families.has(Family::kTotals);
  if (plan->families.has(Family::kCache) || plan->families.has(Family::kWhy) || traces_disk_)
    names_.set_files(&cache_world_);
  if (traces_disk_) {
    names_.set_disks(&disk_world_);
    disk_world_.begin(*plan, begin_ns, making_);
  }
  if (plan->families.has(Family::kQuota)) names_.set_quotas(&quota_world_.emplace());
  traces_cache_ = plan->families.has(Family::kCache);
  if (traces_cache_) cache_world_.begin(*plan, begin_ns, making_);
  if (plan->families.has(Family::kTotals)) {
    Result<std::unique_ptr<TotalsReader>> totals = TotalsReader::create(*object_, *plan, *filter);
    if (!totals) return totals.error();
    totals_ = std::move(*totals);
  }
  RETURN_IF_ERROR(object_->attach());
  if (totals_)
    RETURN_IF_ERROR(object_->scan("scan_totals_begin", sizeof(ht_header), making_));
  else
    RETURN_IF_ERROR(object_->scan("scan_tasks", sizeof(ht_task), making_));
  if (symbols.valid()) known = symbols.get();
  if (has_stacks) {
    names_.set_symbols(*known);
    RETURN_IF_ERROR(object_->scan("scan_sleeps", sizeof(ht_header), making_));
  }
  if (traces_disk_) RETURN_IF_ERROR(add_disk_counts());
  if (quota_world_) RETURN_IF_ERROR(add_quotas());
  threads_ = TargetThreads(tids, making_);
  if (plan->families.has(Family::kLife)) RETURN_IF_ERROR(add_lives(*own_pids, filter->self_pid));
  inputs_->queue(making_);
  RETURN_IF_ERROR(drop_privileges(request_.stacks_ns != 0));

  const std::uint64_t now_ns = boot_clock_ns();
  if (request_.duration_ns != 0) ends_ns_ = now_ns + request_.duration_ns;
  last_tick_ns_ = now_ns;
  if (request_.interval_ns != 0) next_tick_ns_ = now_ns + request_.interval_ns;
  if (request_.counters_interval_ns != 0)
    next_counters_ns_ = now_ns + request_.counters_interval_ns;
  if (child_) RETURN_IF_ERROR(child_->release());
  return {};
}

// What the life-cycle family needs about existing tasks, in addition to what `making_` has.
Result<void> LiveSource::add_lives(const OwnPids& own_pids, std::uint32_t self_pid) {
  RecordBuffer programs;
  add_programs(making_, own_pids, self_pid, request_.argv_bytes, programs);
  for (std::size_t i = 0; i < programs.size(); i++)
    making_.add_bytes(programs.at(i).head, programs.at(i).bytes);
  return object_->scan("scan_task_pids", sizeof(ht_task_pids), making_);
}

// The kernel's counts of the devices and of the target's tasks.
Result<void> LiveSource::add_disk_counts() {
  add_disk_counters(making_);
  return object_->scan("scan_disk_books", sizeof(ht_disk_books), making_);
}

// The counters of the groups with a quota.
Result<void> LiveSource::add_quotas() {
  RecordBuffer groups;
  RETURN_IF_ERROR(object_->scan("scan_quotas", sizeof(ht_quota), groups));
  for (std::size_t i = 0; i < groups.size(); i++) {
    const auto* group = reinterpret_cast<const ht_quota*>(groups.at(i).head);
    quota_world_->explain(*group, making_);
    making_.add_bytes(group, sizeof(*group));
  }
  quota_world_->add_pressures(making_);
  return {};
}

Result<void> LiveSource::add_counters(std::uint64_t now_ns) {
  if (totals_)
    RETURN_IF_ERROR(totals_->add_snapshot(now_ns, making_));
  else
    RETURN_IF_ERROR(object_->scan("scan_counters", sizeof(ht_task), making_));
  object_->losses().add_troubles(now_ns, making_);
  if (traces_disk_) RETURN_IF_ERROR(add_disk_counts());
  if (quota_world_) RETURN_IF_ERROR(add_quotas());
  if (!traces_cache_) return {};
  CacheWorld::add_counters(now_ns, making_);
  // The files that were renamed since; their records come through the rings.
  return object_->scan("scan_names", sizeof(ht_header), making_);
}

// With spares_counters: of every interval while that is cheap; else of the two ends of one interval now
// and then, whose audit is complete.
Result<void> LiveSource::add_counters_of_tick(std::uint64_t now_ns) {
  constexpr std::uint64_t kCheap = 200;  // 0.5 % of a CPU
  constexpr std::uint64_t kRare = 800;   // of two of them: 0.25 %
  const bool is_due = !request_.spares_counters || audit_goes_on_ ||
                      counters_cost_ns_ * kCheap <= request_.interval_ns ||
                      now_ns >= next_audit_ns_;
  if (!is_due) return {};
  RETURN_IF_ERROR(add_counters(now_ns));
  counters_cost_ns_ = boot_clock_ns() - now_ns;
  audit_goes_on_ = !audit_goes_on_;
  if (!audit_goes_on_) next_audit_ns_ = now_ns + counters_cost_ns_ * kRare;
  return {};
}

// The tasks that are not traced and live: a flight recorder keeps the names of no others. Their ends
// are not recorded.
Result<void> LiveSource::add_others(std::uint64_t now_ns) {
  if (totals_) return {};
  if (request_.target.is_whole_system() || now_ns < next_others_ns_) return {};
  next_others_ns_ = now_ns + kOthersNs;
  RecordBuffer all;
  RETURN_IF_ERROR(object_->scan("scan_tasks", sizeof(ht_task), all));
  for (std::size_t i = 0; i < all.size(); i++) {
    const auto* task = reinterpret_cast<const ht_task*>(all.at(i).head);
    if ((task->flags & HT_TASK_TRACED) == 0) making_.add_bytes(task, sizeof(*task));
  }
  return {};
}

bool LiveSource::is_over(std::uint64_t now_ns) {
  if (wakeups_->stop_asked() || now_ns >= ends_ns_) return true;
  if (child_) return child_->reap().has_value();
  if (!wakeups_->watches_processes() && !threads_.are_asked_for()) return false;
  return wakeups_->processes_ended() && threads_.have_ended();
}

void LiveSource::add_tick(std::uint32_t kind, std::uint64_t time_ns) {
  ht_tick tick{};
  tick.head = {time_ns, 0, HT_TICK, HT_NO_CPU};
  tick.kind = kind;
  tick.command_status = HT_NO_STATUS;
  making_.add(tick);
}

// Of the whole system, whom a wait was behind is worked out here: the dearest part of reading. The
// tick goes before all that is still in the rings.
void LiveSource::shed_culprits() {
  if (!request_.sheds_culprits || draining_ || !request_.target.is_whole_system()) return;
  backlog_.look(boot_clock_ns(), inputs_->fullest(), is_drained_);
  if (!backlog_.cannot_follow()) return;
  request_.sheds_culprits = false;
  add_tick(HT_TICK_NO_CULPRITS,
           inputs_->released_ns() == 0 ? boot_clock_ns() : inputs_->released_ns());
}

// Everything is out: what was lost at the very end, and the end itself.
void LiveSource::finish() {
  const std::uint64_t now_ns = boot_clock_ns();
  object_->losses().add_pending(now_ns, making_);
  object_->losses().add_troubles(now_ns, making_);
  if (traces_disk_) object_->add_open_requests(now_ns, making_);
  if (inputs_->late() > 0) {
    ht_trouble late{};
    late.head = {now_ns, 0, HT_TROUBLE, HT_NO_CPU};
    late.count = inputs_->late();
    late.what = HT_TROUBLE_LATE;
    making_.add(late);
  }
  ht_tick end{};
  end.head = {now_ns, 0, HT_TICK, HT_NO_CPU};
  end.kind = HT_TICK_END;
  end.command_status = HT_NO_STATUS;
  if (child_)
    if (const std::optional<int> status = child_->reap())
      end.command_status = static_cast<__u32>(*status);
  making_.add(end);
  inputs_->queue(making_);
  finished_ = true;
}

// Between two looks at the rings.
std::uint64_t LiveSource::pause_ns() const { return totals_ ? totals_->pause_ns() : kDrainNs; }

// Another length of the intervals is wished for: the one that goes on has it already.
void LiveSource::look_at_interval() {
  if (request_.interval_wish_ns == nullptr) return;
  const std::uint64_t wish_ns = request_.interval_wish_ns->load();
  if (wish_ns == request_.interval_ns) return;
  request_.interval_ns = wish_ns;
  next_tick_ns_ = last_tick_ns_ + wish_ns;
}

// CPUs that went offline or online (hotplug).
void LiveSource::look_at_cpus(std::uint64_t now_ns) {
  if (now_ns < next_cpu_look_ns_) return;
  next_cpu_look_ns_ = now_ns + kDrainNs;
  for (const OnlineCpus::Change& change : cpus_.look()) {
    ht_cpu record{};
    record.head = {now_ns, 0, HT_CPU, static_cast<__u16>(change.cpu)};
    record.online = change.online ? 1 : 0;
    making_.add(record);
  }
}

Result<void> LiveSource::advance() {
  const std::uint64_t now_ns = boot_clock_ns();
  if (draining_) return {};
  look_at_interval();
  RETURN_IF_ERROR(object_->follow_cpus(now_ns));
  look_at_cpus(now_ns);
  const bool is_over = this->is_over(now_ns);
  if (load_averages_) load_averages_->look(now_ns, is_over, making_);
  if (quota_world_) quota_world_->add_new_pressures(making_);
  if (is_over) {
    RETURN_IF_ERROR(add_counters(now_ns));
    object_->detach();
    draining_ = true;
  } else if (now_ns >= next_tick_ns_) {
    RETURN_IF_ERROR(add_counters_of_tick(now_ns));
    add_tick(HT_TICK_INTERVAL);
    last_tick_ns_ = next_tick_ns_;
    next_tick_ns_ = std::max(next_tick_ns_ + request_.interval_ns, now_ns);
  } else if (wakeups_->mark_asked() || now_ns >= next_counters_ns_) {
    add_tick(HT_TICK_COUNTERS);
    RETURN_IF_ERROR(add_counters(now_ns));
    RETURN_IF_ERROR(add_others(now_ns));
    // With sums, the mark must not be released later than the snapshot before it: the rings are then
    // looked at seldom, and a scrape waits for the mark.
    if (wakeups_->mark_asked()) add_tick(HT_TICK_MARK, totals_ ? now_ns : boot_clock_ns());
    wakeups_->mark_is_made();
    constexpr std::uint64_t kSeldom = 400;  // 0.25 % of a CPU
    const std::uint64_t cost_ns = boot_clock_ns() - now_ns;
    next_counters_ns_ = now_ns + std::max(request_.counters_interval_ns,
                                          request_.spares_counters ? cost_ns * kSeldom : 0);
  } else if (now_ns >= pulse_ns_) {
    making_.add(ht_pulse{{now_ns, 0, HT_PULSE, HT_NO_CPU}});
    pulse_ns_ = kForever;
  }
  inputs_->queue(making_);
  return {};
}

Result<std::span<const RecordView>> LiveSource::next() {
  while (true) {
    inputs_->give_back();
    released_.clear();
    batch_.clear();
    if (is_drained_ && !draining_) {
      const std::uint64_t drain_ns = boot_clock_ns() + pause_ns();
      RETURN_IF_ERROR(
          wakeups_->wait(std::min({drain_ns, next_tick_ns_, next_counters_ns_, ends_ns_})));
    }
    RETURN_IF_ERROR(advance());
    const bool scanned_all = inputs_->fill(draining_);
    inputs_->release_by_cpu(released_);
    is_by_cpu_ = !released_.empty();
    const bool more = is_by_cpu_ || inputs_->release(kBatch, released_);
    is_drained_ = scanned_all && !more;
    shed_culprits();
    if (threads_.are_asked_for())
      for (const RecordView& record : released_) threads_.look_at(record);
    if (totals_) totals_->look_at(released_, is_drained_);
    if (!released_.empty()) break;
    if (!draining_ || !scanned_all) continue;
    if (finished_) return std::span<const RecordView>();
    finish();
  }
  if (request_.families.has(Family::kLife) && released_.back().head->type != HT_PULSE)
    pulse_ns_ = boot_clock_ns() + kPulseNs;
  // The reader of the sums names cgroups itself: here their number would grow for ever.
  if (totals_ || is_by_cpu_) return std::span<const RecordView>(released_);
  names_.add_names(released_, batch_);
  return std::span<const RecordView>(batch_);
}

}  // namespace

LiveSources::LiveSources() = default;
LiveSources::~LiveSources() = default;

Result<std::unique_ptr<Source>> LiveSources::open(const TraceRequest& request) {
  return LiveSource::create(request, symbols_);
}

Result<std::unique_ptr<Source>> open_live_source(const TraceRequest& request) {
  return LiveSources().open(request);
}

}  // namespace hoodtrace
