#include "model/ranking.hpp"

#include <algorithm>

namespace hoodtrace {

Ranking::Entry& Ranking::slot(WhoId who) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = (who * 2654435761U) & mask;  // Knuth's multiplicative hash
  while (table_[at].used && table_[at].who != who) at = (at + 1) & mask;
  return table_[at];
}

void Ranking::grow() {
  std::vector<Entry> old(std::max<std::size_t>(8, table_.size() * 2));
  old.swap(table_);
  for (const Entry& entry : old)
    if (entry.used) slot(entry.who) = entry;
}

void Ranking::fold() {
  const auto ranked = sorted();
  for (Entry& entry : table_) entry = {};
  used_ = 0;
  for (std::size_t i = 0; i < ranked.size(); i++)
    add(i < kLimit / 2 ? ranked[i].first : WhoTable::kOther, ranked[i].second);
}

void Ranking::add(WhoId who, std::uint64_t ns) {
  if (used_ * 2 >= table_.size()) grow();
  Entry* entry = &slot(who);
  if (!entry->used) {
    if (used_ >= kLimit && who != WhoTable::kOther) {
      fold();
      entry = &slot(who);
    }
    if (!entry->used) {
      *entry = {who, true, 0};
      used_++;
    }
  }
  entry->ns += ns;
}

void Ranking::merge(const Ranking& other) {
  for (const Entry& entry : other.table_)
    if (entry.used) add(entry.who, entry.ns);
}

std::uint64_t Ranking::total_ns() const {
  std::uint64_t total = 0;
  for (const Entry& entry : table_) total += entry.ns;
  return total;
}

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::sorted() const {
  std::vector<std::pair<WhoId, std::uint64_t>> list;
  for (const Entry& entry : table_)
    if (entry.used && entry.ns > 0) list.emplace_back(entry.who, entry.ns);
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return list;
}

}  // namespace hoodtrace
