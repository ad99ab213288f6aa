// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/live_source.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "live/boot_clock.hpp"
#include "live/bpf_object.hpp"
#include "live/cache_world.hpp"
#include "live/capabilities.hpp"
#include "live/cgroup_paths.hpp"
#include "live/command_child.hpp"
#include "live/detect_features.hpp"
#include "live/lanes.hpp"
#include "live/online_cpus.hpp"
#include "live/own_pids.hpp"
#include "live/proc_programs.hpp"
#include "live/target.hpp"

namespace hoodtrace {
namespace {

// The timer drain. Long enough to cost nothing when idle, short enough that a quarter of a ring
// (the fill threshold) is what wakes us first when busy.
constexpr std::uint64_t kDrainNs = 50'000'000;
// After the last record; views that hold something back until it is settled do so no longer.
constexpr std::uint64_t kPulseNs = 100'000'000;
constexpr std::size_t kBatch = 8192;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

class LiveSource : public Source {
 public:
  static Result<std::unique_ptr<Source>> create(const TraceRequest& request);
  Result<std::span<const RecordView>> next() override;

 private:
  explicit LiveSource(const TraceRequest& request) : request_(request) {}
  Result<void> start();
  Result<void> watch(int fd, int tag);
  void take_signals();
  void add_session(const Plan& plan, std::uint32_t self_pid, std::uint64_t now_ns);
  void name_cgroups(const RecordView& record);
  Result<void> wait(std::uint64_t until_ns);
  Result<void> add_books(std::uint64_t now_ns);
  void add_tick(std::uint32_t kind);
  Result<void> add_lives(const OwnPids& own_pids, std::uint32_t self_pid);
  void fill_batch();
  Result<void> advance();
  void look_at_cpus(std::uint64_t now_ns);
  void finish();
  [[nodiscard]] bool is_over(std::uint64_t now_ns);

  enum Tag { kRing, kSignal, kCommand, kProcess };

  TraceRequest request_;
  std::unique_ptr<BpfObject> object_;
  std::unique_ptr<CommandChild> child_;
  std::vector<Fd> processes_;  // pidfds of the target, when it is processes
  std::size_t processes_left_ = 0;
  Fd epoll_;
  Fd signals_;
  CgroupNames cgroups_;
  std::unique_ptr<CacheWorld> cache_world_;  // when the page cache is traced
  std::unordered_set<std::uint64_t> named_cgroups_;

  std::unique_ptr<Lanes> lanes_;
  RecordBuffer making_;  // records made here, not yet queued
  RecordBuffer names_;   // cgroup names of the current batch

  std::vector<RecordView> released_;
  std::vector<RecordView> batch_;
  OnlineCpus cpus_;
  std::uint64_t next_cpu_look_ns_ = 0;
  std::uint64_t ends_ns_ = kForever;
  std::uint64_t next_tick_ns_ = kForever;
  std::uint64_t next_books_ns_ = kForever;
  std::uint64_t pulse_ns_ = kForever;  // when one is due
  bool stop_ = false;                  // asked to end
  bool mark_ = false;                  // asked for the books and an HT_TICK_MARK
  bool draining_ = false;              // detached: what is left comes out
  bool finished_ = false;              // the final tick is in the stream
  bool is_drained_ = true;
};

Result<std::unique_ptr<Source>> LiveSource::create(const TraceRequest& request) {
  std::unique_ptr<LiveSource> source(new LiveSource(request));
  RETURN_IF_ERROR(source->start());
  return std::unique_ptr<Source>(std::move(source));
}

Result<void> LiveSource::watch(int fd, int tag) {
  epoll_event event{};
  event.events = EPOLLIN | (tag == kRing ? static_cast<std::uint32_t>(EPOLLET) : 0U);
  event.data.u64 = static_cast<std::uint64_t>(tag) << 32 | static_cast<std::uint32_t>(fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return failed(fmt::format("epoll_ctl: {}", std::strerror(errno)));
  return {};
}

void LiveSource::take_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  if (request_.books_interval_ns != 0) ::sigaddset(&set, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Result<void> LiveSource::start() {
  Result<Features> features = detect_features(request_.btf_path, request_.families.faults);
  if (!features) return features.error();
  Result<Plan> plan = make_plan(request_, *features);
  if (!plan) return plan.error();
  Result<KernelFilter> filter = resolve_target(request_.target);
  if (!filter) return filter.error();

  epoll_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  take_signals();
  if (!request_.target.command.empty()) {
    Result<CommandChild> child = CommandChild::start(request_.target.command);
    if (!child) return child.error();
    child_ = std::make_unique<CommandChild>(std::move(*child));
    filter->pids.push_back(static_cast<std::uint32_t>(child_->pid()));
    RETURN_IF_ERROR(watch(child_->pidfd(), kCommand));
  } else {
    processes_ = open_processes(request_.target);
    processes_left_ = processes_.size();
    for (const Fd& process : processes_) RETURN_IF_ERROR(watch(process.get(), kProcess));
  }
  RETURN_IF_ERROR(watch(signals_.get(), kSignal));

  Result<OwnPids> own_pids = OwnPids::read(request_.btf_path);
  if (!own_pids) return own_pids.error();
  RETURN_IF_ERROR(own_pids->translate(*filter));

  Result<std::unique_ptr<BpfObject>> object = BpfObject::load(*plan, request_, *filter);
  if (!object) return object.error();
  object_ = std::move(*object);
  lanes_ =
      std::make_unique<Lanes>(object_->rings(), object_->switch_rings(), object_->fault_rings());
  for (const RingReader& ring : object_->rings()) RETURN_IF_ERROR(watch(ring.fd(), kRing));

  // Ahead of a busy machine; without the privilege we run as we are.
  ::setpriority(PRIO_PROCESS, 0, -20);

  const std::uint64_t begin_ns = boot_clock_ns();
  add_session(*plan, filter->self_pid, begin_ns);
  if (plan->cache) {
    cache_world_ = std::make_unique<CacheWorld>();
    cache_world_->begin(*plan, begin_ns, making_);
  }
  RETURN_IF_ERROR(object_->attach());
  RETURN_IF_ERROR(object_->scan("scan_tasks", sizeof(ht_task), making_));
  if (plan->life) RETURN_IF_ERROR(add_lives(*own_pids, filter->self_pid));
  lanes_->queue(making_);
  RETURN_IF_ERROR(drop_privileges());

  const std::uint64_t now_ns = boot_clock_ns();
  if (request_.duration_ns != 0) ends_ns_ = now_ns + request_.duration_ns;
  if (request_.interval_ns != 0) next_tick_ns_ = now_ns + request_.interval_ns;
  if (request_.books_interval_ns != 0) next_books_ns_ = now_ns + request_.books_interval_ns;
  if (child_) RETURN_IF_ERROR(child_->release());
  return {};
}

void LiveSource::add_session(const Plan& plan, std::uint32_t self_pid, std::uint64_t now_ns) {
  ht_session session{};
  session.head = {now_ns, 0, HT_SESSION, HT_NO_CPU};
  session.wall_ns = clock_ns(CLOCK_REALTIME);
  if (request_.target.is_whole_system()) session.flags |= HT_SESSION_WHOLE;
  if (plan.exact_wait) session.flags |= HT_SESSION_EXACT;
  if (plan.wakers) session.flags |= HT_SESSION_WAKERS;
  if (plan.failed_execs) session.flags |= HT_SESSION_FAILED_EXECS;
  session.cpus = static_cast<__u32>(::sysconf(_SC_NPROCESSORS_ONLN));
  session.self_pid = self_pid;
  std::string tail;
  const auto say = [&tail](std::string_view key, std::string_view value) {
    tail.append(key).push_back('\0');
    tail.append(value).push_back('\0');
  };
  say("target", describe(request_.target));
  say("how", plan.how);
  say("command", request_.command_line);
  say("clock", "CLOCK_BOOTTIME");
  utsname host{};
  if (::uname(&host) == 0) {
    say("kernel", host.release);
    say("machine", host.machine);
    if (request_.host_name) say("host", host.nodename);
  }
  making_.add(session, tail);
}

// A cgroup is named in the stream before the first record that has its id.
void LiveSource::name_cgroups(const RecordView& record) {
  std::uint64_t id = 0;
  switch (record.head->type) {
    case HT_TASK_SEEN:
    case HT_TASK_NEW:
      id = reinterpret_cast<const ht_task*>(record.head)->cgroup_id;
      break;
    case HT_TASK_CGROUP:
      id = reinterpret_cast<const ht_task_cgroup*>(record.head)->cgroup_id;
      break;
    case HT_CGROUP_NAME:  // the kernel side has told
      named_cgroups_.insert(reinterpret_cast<const ht_cgroup_name*>(record.head)->cgroup_id);
      return;
    default:
      return;
  }
  if (id == 0 || !named_cgroups_.insert(id).second) return;
  const std::string path = cgroups_.path_of(id);
  if (path.empty()) return;
  ht_cgroup_name name{};
  name.head = {record.head->time_ns, 0, HT_CGROUP_NAME, HT_NO_CPU};
  name.cgroup_id = id;
  names_.add(name, path + '\0');
}

// What the life-cycle family wants to know of those that exist, beside what `making_` has already.
Result<void> LiveSource::add_lives(const OwnPids& own_pids, std::uint32_t self_pid) {
  RecordBuffer programs;
  add_programs(making_, own_pids, self_pid, request_.argv_bytes, programs);
  for (std::size_t i = 0; i < programs.size(); i++)
    making_.add_bytes(programs.at(i).head, programs.at(i).bytes);
  return object_->scan("scan_task_pids", sizeof(ht_task_pids), making_);
}

Result<void> LiveSource::add_books(std::uint64_t now_ns) {
  RETURN_IF_ERROR(object_->scan("scan_books", sizeof(ht_task), making_));
  object_->add_troubles(now_ns, making_);
  if (cache_world_) CacheWorld::add_books(now_ns, making_);
  return {};
}

bool LiveSource::is_over(std::uint64_t now_ns) {
  if (stop_ || now_ns >= ends_ns_) return true;
  if (child_) return child_->reap().has_value();
  return !processes_.empty() && processes_left_ == 0;
}

Result<void> LiveSource::wait(std::uint64_t until_ns) {
  const std::uint64_t now_ns = boot_clock_ns();
  const std::uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  const timespec timeout{static_cast<time_t>(left_ns / 1'000'000'000),
                         static_cast<long>(left_ns % 1'000'000'000)};
  epoll_event events[16];
  const int count =
      static_cast<int>(::syscall(SYS_epoll_pwait2, epoll_.get(), events, 16, &timeout, nullptr, 0));
  if (count < 0 && errno != EINTR)
    return failed(fmt::format("epoll_pwait2: {}", std::strerror(errno)));
  for (int i = 0; i < count; i++) {
    const int fd = static_cast<int>(static_cast<std::uint32_t>(events[i].data.u64));
    switch (events[i].data.u64 >> 32) {
      case kSignal: {
        signalfd_siginfo info{};
        (void)!::read(signals_.get(), &info, sizeof(info));
        if (info.ssi_signo == SIGUSR1) {
          mark_ = true;
          break;
        }
        stop_ = true;
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGINT);
        ::sigaddset(&set, SIGTERM);
        ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
        break;
      }
      case kCommand:
        break;
      case kProcess:
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        processes_left_--;
        break;
      default:
        break;
    }
  }
  return {};
}

// The batch: what was released, each new cgroup's name before its first use.
void LiveSource::fill_batch() {
  names_.clear();
  std::vector<std::size_t> before;  // names_[i] stands before released_[before[i]]
  for (std::size_t i = 0; i < released_.size(); i++) {
    name_cgroups(released_[i]);
    if (cache_world_ && released_[i].head->type == HT_FILE)
      cache_world_->explain(*reinterpret_cast<const ht_file*>(released_[i].head), names_);
    before.resize(names_.size(), i);
  }
  if (names_.size() == 0) {
    batch_.swap(released_);
    return;
  }
  std::size_t name = 0;
  for (std::size_t i = 0; i < released_.size(); i++) {
    while (name < before.size() && before[name] == i) batch_.push_back(names_.at(name++));
    batch_.push_back(released_[i]);
  }
}

void LiveSource::add_tick(std::uint32_t kind) {
  ht_tick tick{};
  tick.head = {boot_clock_ns(), 0, HT_TICK, HT_NO_CPU};
  tick.kind = kind;
  tick.command_status = HT_NO_STATUS;
  making_.add(tick);
}

// Everything is out: what was lost at the very end, and the end itself.
void LiveSource::finish() {
  const std::uint64_t now_ns = boot_clock_ns();
  object_->add_pending_losses(now_ns, making_);
  object_->add_troubles(now_ns, making_);
  if (lanes_->late() > 0) {
    ht_trouble late{};
    late.head = {now_ns, 0, HT_TROUBLE, HT_NO_CPU};
    late.count = lanes_->late();
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
  lanes_->queue(making_);
  finished_ = true;
}

// CPUs that went or came (hotplug).
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
  RETURN_IF_ERROR(object_->follow_cpus(now_ns));
  look_at_cpus(now_ns);
  if (is_over(now_ns)) {
    RETURN_IF_ERROR(add_books(now_ns));
    object_->detach();
    draining_ = true;
  } else if (now_ns >= next_tick_ns_) {
    RETURN_IF_ERROR(add_books(now_ns));
    add_tick(HT_TICK_INTERVAL);
    next_tick_ns_ = std::max(next_tick_ns_ + request_.interval_ns, now_ns);
  } else if (mark_ || now_ns >= next_books_ns_) {
    add_tick(HT_TICK_BOOKS);
    RETURN_IF_ERROR(add_books(now_ns));
    if (std::exchange(mark_, false)) add_tick(HT_TICK_MARK);
    next_books_ns_ = now_ns + request_.books_interval_ns;
  } else if (now_ns >= pulse_ns_) {
    making_.add(ht_pulse{{now_ns, 0, HT_PULSE, HT_NO_CPU}});
    pulse_ns_ = kForever;
  }
  lanes_->queue(making_);
  return {};
}

Result<std::span<const RecordView>> LiveSource::next() {
  while (true) {
    lanes_->give_back();
    released_.clear();
    batch_.clear();
    if (is_drained_ && !draining_) {
      const std::uint64_t drain_ns = boot_clock_ns() + kDrainNs;
      RETURN_IF_ERROR(wait(std::min({drain_ns, next_tick_ns_, next_books_ns_, ends_ns_})));
    }
    RETURN_IF_ERROR(advance());
    const bool scanned_all = lanes_->fill(draining_);
    const bool more = lanes_->release(kBatch, released_);
    is_drained_ = scanned_all && !more;
    if (!released_.empty()) break;
    if (!draining_ || !scanned_all) continue;
    if (finished_) return std::span<const RecordView>();
    finish();
  }
  if (request_.families.life && released_.back().head->type != HT_PULSE)
    pulse_ns_ = boot_clock_ns() + kPulseNs;
  fill_batch();
  return std::span<const RecordView>(batch_);
}

}  // namespace

Result<std::unique_ptr<Source>> open_live_source(const TraceRequest& request) {
  return LiveSource::create(request);
}

}  // namespace hoodtrace
