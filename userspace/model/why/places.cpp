// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/places.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace hoodtrace {
namespace {

// The functions between __schedule() and the one that wants to sleep.
constexpr std::array<std::string_view, 14> kSchedule = {"__schedule",
                                                        "schedule",
                                                        "schedule_timeout",
                                                        "schedule_timeout_interruptible",
                                                        "schedule_timeout_killable",
                                                        "schedule_timeout_uninterruptible",
                                                        "schedule_timeout_idle",
                                                        "schedule_preempt_disabled",
                                                        "schedule_hrtimeout",
                                                        "schedule_hrtimeout_range",
                                                        "schedule_hrtimeout_range_clock",
                                                        "io_schedule",
                                                        "io_schedule_timeout",
                                                        "rt_mutex_schedule"};

constexpr std::array<std::string_view, 10> kFaults = {
    "handle_mm_fault", "asm_exc_page_fault",  "exc_page_fault", "do_user_addr_fault",
    "do_page_fault",   "do_mem_abort",        "el0_da",         "el0_ia",
    "faultin_page",    "do_translation_fault"};

// What a function on the stack says; the innermost one that is listed counts. A name that ends
// with '*' stands for all that begin so.
struct Sign {
  std::string_view function;
  WhyReason reason;
};
constexpr std::array kSigns = {
    Sign{"__mutex_lock*", WhyReason::kMutex},
    Sign{"mutex_lock*", WhyReason::kMutex},
    Sign{"rwsem_down_*", WhyReason::kRwsem},
    Sign{"down_read*", WhyReason::kRwsem},
    Sign{"down_write*", WhyReason::kRwsem},
    Sign{"__down*", WhyReason::kSemaphore},
    Sign{"handle_userfault", WhyReason::kUserfault},
    Sign{"do_swap_page", WhyReason::kSwapIn},
    Sign{"balance_dirty_pages*", WhyReason::kDirtyLimit},
    Sign{"jbd2_log_wait_commit", WhyReason::kJournal},
    Sign{"wait_transaction_locked", WhyReason::kJournal},
    Sign{"btrfs_wait_for_commit", WhyReason::kJournal},
    Sign{"btrfs_commit_transaction", WhyReason::kJournal},
    Sign{"xlog_wait_on_iclog", WhyReason::kJournal},
    Sign{"xfs_log_force*", WhyReason::kJournal},
    Sign{"blkdev_issue_flush", WhyReason::kFlush},
    Sign{"blk_mq_get_tag", WhyReason::kRequest},
    Sign{"rq_qos_wait", WhyReason::kRequest},
    Sign{"folio_wait_writeback*", WhyReason::kWriteback},
    Sign{"wait_on_page_writeback", WhyReason::kWriteback},
    Sign{"file_write_and_wait_range", WhyReason::kWriteback},
    Sign{"try_to_free_pages", WhyReason::kReclaim},
    Sign{"try_to_free_mem_cgroup_pages", WhyReason::kReclaim},
    Sign{"reclaim_throttle", WhyReason::kReclaim},
    Sign{"mem_cgroup_handle_over_high", WhyReason::kReclaim},
    Sign{"synchronize_rcu*", WhyReason::kRcu},
    Sign{"synchronize_srcu*", WhyReason::kRcu},
    Sign{"__wait_rcu_gp", WhyReason::kRcu},
    Sign{"kernel_clone", WhyReason::kVfork},
    Sign{"__refrigerator", WhyReason::kFreezer},
    Sign{"do_freezer_trap", WhyReason::kFreezer},
};
// What these say is kept only when no function further out says more: reads, writes and fsync all
// wait for pages.
constexpr std::array kWeakSigns = {
    Sign{"folio_wait_bit*", WhyReason::kPageLock},
    Sign{"__folio_lock*", WhyReason::kPageLock},
};

bool is_sign(const Sign& sign, std::string_view name) {
  if (!sign.function.ends_with('*')) return name == sign.function;
  return name.starts_with(sign.function.substr(0, sign.function.size() - 1));
}

template <class List>
const Sign* find_sign(const List& signs, std::string_view name) {
  const auto* at = std::find_if(signs.begin(), signs.end(),
                                [name](const Sign& sign) { return is_sign(sign, name); });
  return at == signs.end() ? nullptr : &*at;
}

template <class List>
bool is_in(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

void WhyPlaces::on(const ht_symbol& record) {
  std::string_view name = tail_of(record);
  name = name.substr(0, name.find('\0'));
  // "ext4_sync_file.constprop.0" is ext4_sync_file.
  name = name.substr(0, name.find('.'));
  symbols_[record.address] = intern(name);
}

std::uint32_t WhyPlaces::intern(std::string_view name) {
  if (name.empty() || names_.size() >= kLimit) return 0;
  const auto [at, is_new] =
      ids_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
  if (is_new) names_.emplace_back(name);
  return at->second;
}

void WhyPlaces::on(const ht_stack& record) {
  if (places_.size() >= kLimit) return;
  std::vector<Frame> frames;
  const std::string_view tail = tail_of(record);
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= tail.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t address = 0;
    std::memcpy(&address, tail.data() + at, sizeof(address));
    const auto symbol = symbols_.find(address);
    frames.push_back({address, symbol == symbols_.end() ? 0 : symbol->second});
  }
  // Above __schedule() are the functions of the tracer.
  std::size_t begin = 0;
  for (std::size_t i = 0; i < frames.size(); i++)
    if (is_in(kSchedule, function(frames[i].function))) begin = i + 1;
  Place place;
  place.frames.assign(frames.begin() + static_cast<std::ptrdiff_t>(begin), frames.end());
  if (!place.frames.empty()) place.function = place.frames.front().function;
  bool found = false;
  for (const Frame& frame : place.frames) {
    const std::string_view name = function(frame.function);
    if (is_in(kFaults, name)) place.in_fault = true;
    if (found) continue;
    if (const Sign* sign = find_sign(kSigns, name); sign != nullptr) {
      place.reason = sign->reason;
      found = true;
    } else if (sign = find_sign(kWeakSigns, name); sign != nullptr) {
      place.reason = sign->reason;
    }
  }
  places_[record.stack] = std::move(place);
}

const WhyPlaces::Place* WhyPlaces::find(std::uint64_t stack) const {
  const auto at = places_.find(stack);
  return at == places_.end() ? nullptr : &at->second;
}

}  // namespace hoodtrace
