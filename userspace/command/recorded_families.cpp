// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/recorded_families.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/text.hpp"
#include "event/session_words.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {
namespace {

// Records that only one family makes; one that builds on another comes with it.
struct Mark {
  std::uint16_t type;
  std::string_view family;
};
constexpr std::array kMarks = {
    Mark{HT_SWITCH, "sched"},      Mark{HT_LIFE, "procs"},        Mark{HT_PROGRAM, "procs"},
    Mark{HT_EXIT, "procs"},        Mark{HT_FAULT, "faults"},      Mark{HT_FAULT_BOOKS, "faults"},
    Mark{HT_CACHE_SCOPE, "cache"}, Mark{HT_SLEEP, "why"},         Mark{HT_DISK, "disk"},
    Mark{HT_FAIR, "sched"},        Mark{HT_FAIR, "fair"},         Mark{HT_QUOTA, "quota"},
    Mark{HT_IRQ, "irq"},           Mark{HT_REALTIME, "realtime"}, Mark{HT_QUEUE, "cpus"}};

}  // namespace

bool RecordedFamilies::has(std::string_view family) const {
  return std::find(names_.begin(), names_.end(), family) != names_.end();
}

void RecordedFamilies::on_event(const Event& event) {
  if (is_known_) return;
  if (const auto* session = event.as<ht_session>()) {
    std::istringstream words(read_session(*session).families);
    for (std::string name; std::getline(words, name, ',');) names_.push_back(name);
    is_known_ = !names_.empty();
    return;
  }
  const std::uint16_t type = event.head().type;
  for (const Mark& mark : kMarks)
    if (mark.type == type && !has(mark.family)) names_.emplace_back(mark.family);
}

Result<void> RecordedFamilies::check(const Families& wanted, const std::string& recording) const {
  // Nothing happened, or nothing was recorded.
  if (names_.empty()) return {};
  for (const FamilyRow& family : kFamilies)
    if (wanted.has(family.family) && !has(family.name))
      return failed(
          fmt::format("{} has no {} (it has: {}); record it with: hoodtrace record {} -o FILE",
                      recording == "-" ? "standard input" : printable(recording), family.name,
                      printable(fmt::format("{}", fmt::join(names_, ", "))), family.name));
  return {};
}

}  // namespace hoodtrace
