// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/systemd_watch.hpp"

#include <chrono>

#include "base/switch_root.hpp"
#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

// The initrd's manager is about to go when its target is reached: look more often there.
constexpr std::chrono::milliseconds kPause{200};
constexpr std::chrono::milliseconds kInitrdPause{50};

}  // namespace

SystemdWatch::SystemdWatch(std::string until) : until_(std::move(until)) {
  was_in_initrd_ = is_in_initrd();
  thread_ = std::thread([this] { run(); });
}

SystemdWatch::~SystemdWatch() {
  stop_ = true;
  thread_.join();
}

RecordBuffer SystemdWatch::take() {
  const std::lock_guard lock(mutex_);
  RecordBuffer made = std::move(made_);
  made_ = RecordBuffer();
  return made;
}

std::string SystemdWatch::problem() {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void SystemdWatch::add(RecordBuffer& records) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < records.size(); i++)
    made_.add_bytes(records.at(i).head, records.at(i).bytes);
}

void SystemdWatch::mark(std::uint32_t kind, const char* text) {
  ht_boot_mark mark{};
  mark.head = {boot_clock_ns(), 0, HT_BOOT_MARK, HT_NO_CPU};
  mark.kind = kind;
  RecordBuffer made;
  made.add(mark, std::string(text) + '\0');
  add(made);
}

void SystemdWatch::run() {
  while (!stop_) {
    if (!bus_) {
      if (Result<SystemdBus> bus = SystemdBus::connect(); bus)
        bus_ = std::move(*bus);
      else
        refusal_ = bus.error().message;
    }
    const bool finishing = finishing_;
    if (finishing && !done_) {
      collect();
      done_ = true;
    }
    if (!done_) look();
    std::this_thread::sleep_for(was_in_initrd_ ? kInitrdPause : kPause);
  }
}

void SystemdWatch::look() {
  if (was_in_initrd_ && !is_in_initrd()) {
    was_in_initrd_ = false;
    bus_.reset();  // the manager has executed itself anew
    mark(HT_BOOT_MARK_SWITCH_ROOT, "switch root");
    return;
  }
  if (!bus_) return;
  if (was_in_initrd_) {
    look_in_initrd();
    return;
  }
  if (!has_local_fs_) {
    const Result<std::string> state = bus_->active_state("local-fs.target");
    if (!state) return bus_.reset();
    if (*state == "active") {
      has_local_fs_ = true;
      mark(HT_BOOT_MARK_LOCAL_FS, "local-fs.target");
    }
  }
  if (until_ == "idle") {
    const Result<bool> idle = bus_->is_idle();
    if (!idle) return bus_.reset();
    if (*idle) reached_ = true;
  } else {
    const Result<std::string> state = bus_->active_state(until_);
    if (!state) return bus_.reset();
    if (*state == "active") reached_ = true;
  }
}

// Its units are forgotten at the switch of the root: they are asked for once all are up.
void SystemdWatch::look_in_initrd() {
  if (has_initrd_units_) return;
  const Result<std::string> state = bus_->active_state("initrd.target");
  if (!state) return bus_.reset();
  if (*state != "active") return;
  RecordBuffer units;
  if (bus_->add_units(true, units)) add(units);
  has_initrd_units_ = true;
}

void SystemdWatch::collect() {
  RecordBuffer records;
  Result<void> asked = bus_ ? bus_->add_phases(records) : Result<void>(failed(refusal_));
  if (asked) asked = bus_->add_units(was_in_initrd_, records);
  add(records);
  if (asked) return;
  const std::lock_guard lock(mutex_);
  problem_ = asked.error().message;
}

}  // namespace hoodtrace
