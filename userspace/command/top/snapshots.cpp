// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/snapshots.hpp"

#include <ctime>
#include <utility>

#include "event/session_words.hpp"

namespace hoodtrace {
namespace {

std::uint64_t now_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

// An old recording does not say which it has.
Families recorded(const ht_session& session, Families wanted) {
  const SessionText text = read_session(session);
  if (text.families.empty()) return wanted;
  Families families;
  for (const FamilyRow& row : kFamilies)
    if (wanted.has(row.family) && has_family(text, row.name)) families.add(row.family);
  return families;
}

// The last one may be short; shorter than this it shows nothing.
constexpr std::uint64_t kLeastNs = 1'000'000;

}  // namespace

SnapshotMaker::SnapshotMaker(TaskTable& tasks, StreamAccount& account, Families families,
                             std::function<Browser::Wish()> wish,
                             std::function<void(std::shared_ptr<const Snapshot>)> take)
    : tasks_(tasks),
      account_(account),
      families_(families),
      wish_(std::move(wish)),
      take_(std::move(take)),
      used_ns_(now_of(CLOCK_PROCESS_CPUTIME_ID)),
      used_at_ns_(now_of(CLOCK_MONOTONIC)) {}

void SnapshotMaker::on_event(const Event& event, std::string&) {
  if (const auto* session = event.as<ht_session>()) {
    started_ns_ = session->head.time_ns;
    wall_offset_ns_ =
        static_cast<std::int64_t>(session->wall_ns) - static_cast<std::int64_t>(started_ns_);
    tables_.emplace(tasks_, recorded(*session, families_));
    tables_->expect(wish_());
  }
  if (!tables_) return;  // no stream of ours
  tables_->on_event(event);
  const auto* tick = event.as<ht_tick>();
  if (tick == nullptr) return;
  const std::uint64_t now_ns = tick->head.time_ns;
  if (tick->kind == HT_TICK_END) {
    has_ended_ = true;
    if (now_ns >= started_ns_ + kLeastNs) make(now_ns);
  }
  if (tick->kind != HT_TICK_INTERVAL) return;
  make(now_ns);
  tables_->begin_interval(now_ns);
  tasks_.forget_ended();
  account_.begin_interval();
  started_ns_ = now_ns;
}

void SnapshotMaker::finish(const StreamAccount& account, std::string&) {
  if (tables_ && !std::exchange(has_ended_, true) && account.last_ns() >= started_ns_ + kLeastNs)
    make(account.last_ns());
}

void SnapshotMaker::make(std::uint64_t now_ns) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->from_ns = started_ns_;
  snapshot->until_ns = now_ns;
  snapshot->wall_offset_ns = wall_offset_ns_;
  snapshot->seen = account_.seen();
  snapshot->lost = account_.lost();
  snapshot->undecodable = account_.undecodable();
  const Browser::Wish wish = wish_();
  tables_->fill(wish, *snapshot);
  tables_->expect(wish);
  const std::uint64_t used_ns = now_of(CLOCK_PROCESS_CPUTIME_ID);
  const std::uint64_t at_ns = now_of(CLOCK_MONOTONIC);
  if (at_ns > used_at_ns_)
    snapshot->own_share =
        static_cast<double>(used_ns - used_ns_) / static_cast<double>(at_ns - used_at_ns_);
  used_ns_ = used_ns;
  used_at_ns_ = at_ns;
  take_(std::move(snapshot));
}

}  // namespace hoodtrace
