// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/source.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/switch_root.hpp"
#include "live/boot/kernel_log.hpp"
#include "live/boot/notify_ready.hpp"
#include "live/boot/systemd_watch.hpp"
#include "live/boot_clock.hpp"
#include "live/live_source.hpp"

namespace hoodtrace {
namespace {

// Longest time that systemd may need to report phases and units; then the capture ends without
// them.
constexpr std::uint64_t kCollectNs = 20'000'000'000;
// After it asks us to stop, systemd waits only briefly.
constexpr std::uint64_t kStoppedCollectNs = 2'000'000'000;

// The kernel's count of forks, and when it was read.
void add_forks(RecordBuffer& out) {
  ht_boot_forks forks{};
  forks.head = {boot_clock_ns(), 0, HT_BOOT_FORKS, HT_NO_CPU};
  std::ifstream stat(beyond_switch_root("/proc/stat"));
  std::string word;
  while (stat >> word)
    if (word == "processes") {
      stat >> forks.forks;
      break;
    }
  forks.until_ns = boot_clock_ns();
  if (forks.forks != 0) out.add(forks);
}

class BootSource : public Source {
 public:
  explicit BootSource(const BootRequest& request) : request_(request) {}
  Result<void> start();
  Result<std::span<const RecordView>> next() override;

 private:
  void look(std::uint64_t now_ns);
  void collect(std::uint64_t now_ns);
  void add_made(const RecordBuffer& made);
  void add_end(std::uint64_t now_ns);
  void weave(std::span<const RecordView> records);

  BootRequest request_;
  KernelLog log_;
  std::unique_ptr<Source> live_;
  std::unique_ptr<SystemdWatch> manager_;
  std::uint64_t started_ns_ = 0;
  std::uint32_t reason_ = 0;         // why it ends; 0 = it does not
  std::uint64_t collecting_ns_ = 0;  // since when the manager is asked
  bool collected_ = false;

  // Made here and not yet yielded, in order of time.
  std::deque<RecordBuffer> waiting_;
  std::deque<RecordBuffer> yielded_;  // of this batch
  std::vector<RecordView> batch_;
};

Result<void> BootSource::start() {
  started_ns_ = boot_clock_ns();
  if (request_.kmsg) log_.open();
  Result<std::unique_ptr<Source>> live = open_live_source(request_.trace);
  if (!live) return live.error();
  live_ = std::move(*live);
  notify_ready();
  RecordBuffer made;
  add_forks(made);
  add_made(made);
  manager_ = std::make_unique<SystemdWatch>(request_.until);
  return {};
}

void BootSource::add_made(const RecordBuffer& made) {
  for (std::size_t i = 0; i < made.size(); i++) {
    RecordBuffer one;
    one.add_bytes(made.at(i).head, made.at(i).bytes);
    const std::uint64_t time_ns = made.at(i).head->time_ns;
    auto at = waiting_.end();
    while (at != waiting_.begin() && std::prev(at)->at(0).head->time_ns > time_ns) --at;
    waiting_.insert(at, std::move(one));
  }
}

// Checks whether the boot is over. Then systemd is asked for phases and units, and after its answer
// the live source is stopped as systemd would stop it, by a signal.
void BootSource::look(std::uint64_t now_ns) {
  RecordBuffer lines;
  log_.add_lines(lines);
  add_made(lines);
  add_made(manager_->take());
  if (reason_ == 0) {
    if (manager_->is_reached()) reason_ = HT_BOOT_END_REACHED;
    if (now_ns - started_ns_ >= request_.limit_ns) reason_ = HT_BOOT_END_TIME;
    if (const std::uint32_t wanted = request_.wants_end(); wanted != 0) reason_ = wanted;
    if (reason_ == 0) return;
    collecting_ns_ = now_ns;
    manager_->finish();
  }
  if (collected_ || (!manager_->is_done() && now_ns - collecting_ns_ < kCollectNs)) return;
  collect(now_ns);
  ::kill(::getpid(), SIGTERM);
}

void BootSource::collect(std::uint64_t now_ns) {
  collected_ = true;
  add_made(manager_->take());
  RecordBuffer made;
  add_forks(made);
  add_made(made);
  add_end(now_ns);
}

void BootSource::add_end(std::uint64_t now_ns) {
  ht_boot_end end{};
  end.head = {now_ns, 0, HT_BOOT_END, HT_NO_CPU};
  end.reason = reason_;
  std::string tail;
  const auto say = [&tail](std::string_view key, std::string_view value) {
    tail.append(key).push_back('\0');
    tail.append(value).push_back('\0');
  };
  say("until", request_.until);
  const std::string problem =
      manager_->is_done() ? manager_->problem() : std::string("the service manager is too busy");
  if (!problem.empty()) say("problem", problem);
  RecordBuffer made;
  made.add(end, tail);
  add_made(made);
}

// Waiting records are inserted before the first later record, all of them before the final tick.
void BootSource::weave(std::span<const RecordView> records) {
  for (const RecordView& record : records) {
    const bool is_end = record.head->type == HT_TICK &&
                        reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_END;
    if (is_end && !collected_) {  // systemd's signal, or ours that was lost
      if (reason_ == 0) reason_ = HT_BOOT_END_STOPPED;
      manager_->finish();
      const std::uint64_t began_ns = boot_clock_ns();
      while (!manager_->is_done() && boot_clock_ns() - began_ns < kStoppedCollectNs)
        ::usleep(10'000);
      collect(boot_clock_ns());
    }
    // The session record always comes first.
    const bool is_session = record.head->type == HT_SESSION;
    while (!waiting_.empty() && !is_session &&
           (is_end || waiting_.front().at(0).head->time_ns <= record.head->time_ns)) {
      yielded_.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
      batch_.push_back(yielded_.back().at(0));
    }
    batch_.push_back(record);
  }
}

Result<std::span<const RecordView>> BootSource::next() {
  batch_.clear();
  yielded_.clear();
  look(boot_clock_ns());
  Result<std::span<const RecordView>> records = live_->next();
  if (!records) return records;
  weave(*records);
  return std::span<const RecordView>(batch_);
}

}  // namespace

Result<std::unique_ptr<Source>> open_boot_source(const BootRequest& request) {
  auto source = std::make_unique<BootSource>(request);
  RETURN_IF_ERROR(source->start());
  return std::unique_ptr<Source>(std::move(source));
}

}  // namespace hoodtrace
