// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of each process's time, as `why` has them, summed over its threads.

#include <array>

#include "model/why/cause.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

using PartTimes = std::array<std::uint64_t, kWhyParts>;

constexpr std::array kParts = {
#define HT_PART(name, key, heading, meaning) WhyPart::name,
    HT_WHY_PARTS(HT_PART)
#undef HT_PART
};

// Nothing when no time of it was seen.
std::optional<PartTimes> parts_of(const ProcsInput& input, const ProcessLife& life) {
  if (input.causes == nullptr) return std::nullopt;
  const ProcessCauses::Process* process = input.causes->find(life.pid, life.start_boottime_ns);
  if (process == nullptr) return std::nullopt;
  PartTimes times{};
  for (const auto& [id, sum] : process->sums.by_cause())
    times[static_cast<std::size_t>(input.causes->tracker().cause(id).part)] += sum.ns;
  return times;
}

}  // namespace

std::vector<Table> procs_parts(const ProcsInput& input) {
  if (input.causes == nullptr) return {};
  std::vector<std::pair<const ProcessLife*, PartTimes>> rows;
  PartTimes all{};
  for (const auto& [id, life] : input.tracker.lives()) {
    if (life.is_idle() || !is_shown(input, life)) continue;
    const std::optional<PartTimes> times = parts_of(input, life);
    if (!times) continue;
    for (std::size_t i = 0; i < kWhyParts; i++) all[i] += (*times)[i];
    rows.emplace_back(&life, *times);
  }
  Table table{"Where the time went, by cause (all threads; details: hoodtrace why)",
              {{"pid", "PID", Unit::kCount, 1}, {"comm", "COMM", Unit::kText, 1}},
              {},
              0};
  for (const WhyPart part : kParts)
    if (all[static_cast<std::size_t>(part)] > 0)
      table.columns.push_back(
          {std::string(key_of(part)), std::string(heading_of(part)), Unit::kNs, 1});
  for (const auto& [life, times] : rows) {
    auto& row = table.rows.emplace_back();
    row.emplace_back(static_cast<std::uint64_t>(life->pid));
    row.emplace_back(life->comm);
    for (const WhyPart part : kParts)
      if (all[static_cast<std::size_t>(part)] > 0)
        row.emplace_back(times[static_cast<std::size_t>(part)]);
  }
  std::vector<Table> tables;
  tables.push_back(std::move(table));
  return tables;
}

Json parts_json(const ProcsInput& input, const ProcessLife& life) {
  const std::optional<PartTimes> times = parts_of(input, life);
  if (!times) return nullptr;
  Json object = Json::object();
  for (const WhyPart part : kParts)
    object[std::string(key_of(part)) + "_ns"] = (*times)[static_cast<std::size_t>(part)];
  return object;
}

}  // namespace hoodtrace
