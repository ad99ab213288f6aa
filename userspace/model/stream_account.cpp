// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/stream_account.hpp"

#include <cctype>

namespace hoodtrace {

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
  if (const unsigned missing = unreported_.on(record); missing > 0) lost_["unshown"] += missing;
}

void StreamAccount::on(const ht_trouble& trouble) {
  if (trouble.what == HT_TROUBLE_UNDECODABLE)
    undecodable_ += trouble.count;
  else
    lost_[std::string(trouble_key(trouble.what))] += trouble.count;
}

std::uint64_t StreamAccount::lost_total() const {
  std::uint64_t total = 0;
  for (const auto& [kind, count] : lost_) total += count;
  return total;
}

}  // namespace hoodtrace
