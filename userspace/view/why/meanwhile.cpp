// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/meanwhile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

constexpr double kLeastPercent = 5;  // of an activity with its own words
constexpr std::size_t kMostActivities = 4;
constexpr std::size_t kMostAwaited = 2;

using TimesByWords = std::map<std::string, std::uint64_t>;

std::uint64_t sum_of(const TimesByWords& times) {
  std::uint64_t sum_ns = 0;
  for (const auto& [words, ns] : times) sum_ns += ns;
  return sum_ns;
}

// All waits are one activity, which names who ran during half of them or more.
std::string waiting_words(const TimesByWords& waits) {
  const auto longest = std::max_element(
      waits.begin(), waits.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (longest->second * 2 < sum_of(waits)) return std::string(heading_of(WhyPart::kWait));
  return longest->first + (waits.size() > 1 ? " and others" : "");
}

// Shares of `of_ns`, of which `known_ns` is what they can add up to.
std::string words_of(const std::vector<WhyMeanwhile>& meanwhile, std::uint64_t known_ns,
                     std::uint64_t of_ns, const WhoTable& names) {
  TimesByWords activities;
  TimesByWords waits;
  for (const WhyMeanwhile& other : meanwhile)
    (other.cause.part == WhyPart::kWait
         ? waits
         : activities)[activity_words(other.cause, other.object, names)] += other.ns;
  if (!waits.empty()) activities[waiting_words(waits)] += sum_of(waits);

  const auto percent = [of_ns](std::uint64_t ns) {
    return 100.0 * static_cast<double>(ns) / static_cast<double>(of_ns);
  };
  const std::uint64_t seen_ns = sum_of(activities);
  if (of_ns == 0 || percent(seen_ns) < kLeastPercent) return {};

  std::vector<std::pair<std::string, std::uint64_t>> sorted(activities.begin(), activities.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  const auto append = [&](std::string_view words, std::uint64_t ns) {
    text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", words, percent(ns));
  };
  std::uint64_t other_ns = 0;
  for (std::size_t i = 0; i < sorted.size(); i++) {
    const auto& [words, ns] = sorted[i];
    if (i == 0 || (i < kMostActivities && percent(ns) >= kLeastPercent))
      append(words, ns);
    else
      other_ns += ns;
  }
  constexpr double kLeastRest = 0.5;
  const std::uint64_t unseen_ns = known_ns - std::min(known_ns, seen_ns);
  if (percent(other_ns) >= kLeastRest) append("other", other_ns);
  if (percent(unseen_ns) >= kLeastRest) append("not seen", unseen_ns);
  return text;
}

// Those for whom somebody waited, with what they did.
struct Awaited {
  std::uint64_t ns = 0;
  std::vector<WhyMeanwhile> meanwhile;
};

void add_deeper(const std::vector<WhyMeanwhile>& meanwhile, std::uint64_t of_ns, std::size_t depth,
                const WhoTable& names, std::vector<WhyDeeper>& lines) {
  std::map<std::string, Awaited> awaited;  // by who they are
  for (const WhyMeanwhile& other : meanwhile) {
    if (other.meanwhile.empty()) continue;
    Awaited& whom = awaited[who_words(other.cause, names)];
    whom.ns += other.ns;
    whom.meanwhile.insert(whom.meanwhile.end(), other.meanwhile.begin(), other.meanwhile.end());
  }
  std::vector<std::pair<std::string, Awaited>> sorted(awaited.begin(), awaited.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.ns > b.second.ns; });
  if (sorted.size() > kMostAwaited) sorted.resize(kMostAwaited);
  for (const auto& [who, whom] : sorted) {
    const std::string words = words_of(whom.meanwhile, whom.ns, of_ns, names);
    if (words.empty()) continue;
    lines.push_back({depth, fmt::format("it waited for {}, which was: {}", who, words)});
    add_deeper(whom.meanwhile, of_ns, depth + 1, names, lines);
  }
}

}  // namespace

std::string meanwhile_words(const WhyLine& line, const WhoTable& names) {
  return words_of(line.meanwhile, line.ns, line.ns, names);
}

std::vector<WhyDeeper> deeper_words(const WhyLine& line, const WhoTable& names) {
  std::vector<WhyDeeper> lines;
  add_deeper(line.meanwhile, line.ns, 1, names, lines);
  return lines;
}

}  // namespace hoodtrace
