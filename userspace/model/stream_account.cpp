// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/stream_account.hpp"

#include <cctype>
#include <charconv>

#include "event/session_words.hpp"

namespace hoodtrace {

void StreamAccount::on(const ht_session& session) {
  for (const auto& [key, value] : session_words(session)) {
    if (key == kCgroupWord) target_cgroup_ = value;
    if (key == kCgroupIdWord)
      std::from_chars(value.data(), value.data() + value.size(), target_cgroup_id_);
  }
}

void StreamAccount::on(const ht_cgroup_name& name) {
  if (target_cgroup_.empty() || target_remade_ns_ || name.cgroup_id == target_cgroup_id_) return;
  const std::string_view tail = tail_of(name);
  if (tail.substr(0, tail.find('\0')) == target_cgroup_) target_remade_ns_ = name.head.time_ns;
}

void StreamAccount::on(const ht_lost& lost) {
  for (std::uint16_t type = 0; type < HT_KIND_LIMIT; type++) {
    if (lost.counts[type] == 0) continue;
    std::string kind(event_name(type));
    for (char& c : kind) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    lost_[kind] += lost.counts[type];
  }
  unreported_.on(lost);
}

void StreamAccount::on(const ht_switch& record) {
  if (const unsigned missing = unreported_.on(record); missing > 0)
    lost_[std::string(kUnshownKind)] += missing;
}

void StreamAccount::on_switches(std::uint64_t count, std::uint64_t last_ns, std::uint64_t unshown) {
  seen_ += count;
  last_ns_ = last_ns;
  if (unshown > 0) lost_[std::string(kUnshownKind)] += unshown;
}

void StreamAccount::on(const ht_trouble& trouble) {
  if (trouble.what == HT_TROUBLE_UNDECODABLE)
    undecodable_ += trouble.count;
  else
    lost_[std::string(trouble_key(trouble.what))] += trouble.count;
}

void StreamAccount::on(const ht_tick& tick) {
  if (tick.kind == HT_TICK_NO_CULPRITS && !culprits_off_ns_) culprits_off_ns_ = tick.head.time_ns;
  has_end_ = has_end_ || tick.kind == HT_TICK_END;
}

std::uint64_t StreamAccount::lost_total() const { return hoodtrace::lost_total(lost_); }

std::uint64_t lost_total(const std::map<std::string, std::uint64_t>& lost) {
  std::uint64_t total = 0;
  for (const auto& [kind, count] : lost)
    if (kind != kUnshownKind) total += count;
  return total;
}

}  // namespace hoodtrace
