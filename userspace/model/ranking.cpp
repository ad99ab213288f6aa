#include "model/ranking.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

using Ranked = std::pair<WhoId, std::uint64_t>;

bool is_longer(const Ranked& a, const Ranked& b) {
  return a.second != b.second ? a.second > b.second : a.first < b.first;
}

}  // namespace

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

// The larger half stays. Which ones those are is all that matters, not their order: no sort, for in
// a storm of hundreds of tasks this is called every few waits.
void Ranking::fold() {
  auto list = used();
  const auto middle = list.begin() + std::min<std::ptrdiff_t>(kLimit / 2, std::ssize(list));
  std::nth_element(list.begin(), middle, list.end(), is_longer);
  for (Entry& entry : table_) entry = {};
  used_ = 0;
  for (auto at = list.begin(); at != list.end(); ++at)
    add(at < middle ? at->first : WhoTable::kOther, at->second);
}

void Ranking::add(WhoId who, std::uint64_t ns) {
  if (used_ * 4 >= table_.size() * 3) grow();
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

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::used() const {
  std::vector<std::pair<WhoId, std::uint64_t>> list;
  list.reserve(used_);
  for (const Entry& entry : table_)
    if (entry.used && entry.ns > 0) list.emplace_back(entry.who, entry.ns);
  return list;
}

std::vector<std::pair<WhoId, std::uint64_t>> Ranking::sorted() const {
  auto list = used();
  std::sort(list.begin(), list.end(), is_longer);
  return list;
}

}  // namespace hoodtrace
