// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/units.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kLeastShare = 200;  // a line has at least 1/200 of the row's time
constexpr std::size_t kMostLines = 8;

// The part whose heading it is shown below.
WhyPart section_of(WhyPart part) {
  switch (part) {
    case WhyPart::kThrottled:
    case WhyPart::kDispatch:
      return WhyPart::kWait;
    case WhyPart::kDisk:
      return WhyPart::kBlocked;
    default:
      return part;
  }
}

// Several causes in one line.
struct Joined {
  const WhyLine* first = nullptr;
  std::size_t causes = 0;
  WhyTextLine line;

  void add(const WhyLine& cause) {
    if (first == nullptr) first = &cause;
    causes++;
    add_numbers(cause);
  }
  void add(const Joined& other) {
    if (first == nullptr) first = other.first;
    causes += other.causes;
    add_numbers(other.line);
  }

 private:
  template <class Numbers>
  void add_numbers(const Numbers& other) {
    line.ns += other.ns;
    line.count += other.count;
    line.max_ns = std::max(line.max_ns, other.max_ns);
  }
};

bool is_longer(const Joined& a, const Joined& b) { return a.line.ns > b.line.ns; }

// Causes that differ in what the text does not have are one. The longest of them gives its name.
std::vector<WhyLine> same_words_joined(const WhyRow& row, const WhoTable& names) {
  std::vector<WhyLine> lines;
  std::map<std::pair<WhyPart, std::string>, std::size_t> places;
  for (const WhyLine& line : row.lines) {
    const auto [at, is_new] = places.try_emplace(
        {section_of(line.cause.part), cause_words(line.cause, line.object, names)}, lines.size());
    if (is_new) {
      lines.push_back(line);
      continue;
    }
    WhyLine& known = lines[at->second];
    known.ns += line.ns;
    known.count += line.count;
    known.max_ns = std::max(known.max_ns, line.max_ns);
    known.ongoing_ns = std::max(known.ongoing_ns, line.ongoing_ns);
    known.meanwhile.insert(known.meanwhile.end(), line.meanwhile.begin(), line.meanwhile.end());
  }
  return lines;
}

class Section {
 public:
  Section(const WhoTable& names, std::uint64_t least_ns) : names_(names), least_ns_(least_ns) {}

  void add(const WhyLine& line) { (is_small(line.ns) ? small_ : large_).emplace_back().add(line); }
  [[nodiscard]] bool is_empty() const { return small_.empty() && large_.empty(); }

  WhySection take(WhyPart part) {
    name_alone();
    join_small(
        [](const WhyLine& line) {
          return std::pair(part_of(line), what_words(line.cause, line.object));
        },
        [this](const Joined& joined) { return words_of_many_blamed(joined); });
    join_small([](const WhyLine& line) { return std::pair(part_of(line), kind_words(line.cause)); },
               [this](const Joined& joined) { return words_of_many_objects(joined); });
    return finish(part);
  }

 private:
  static int part_of(const WhyLine& line) { return static_cast<int>(line.cause.part); }
  [[nodiscard]] bool is_small(std::uint64_t ns) const { return ns < least_ns_; }

  void name_alone() {
    for (Joined& joined : large_) {
      joined.line.words = words_of_one(*joined.first);
      // "it" is whom the line names.
      if (relation_words(joined.first->cause, names_).empty()) continue;
      joined.line.meanwhile = meanwhile_words(*joined.first, names_);
      if (!joined.line.meanwhile.empty()) joined.line.deeper = deeper_words(*joined.first, names_);
    }
    for (Joined& joined : small_) joined.line.words = words_of_one(*joined.first);
  }

  // A thread that waits for work is expected to be asleep at the end.
  std::string words_of_one(const WhyLine& line) const {
    std::string words = cause_words(line.cause, line.object, names_);
    if (line.ongoing_ns > 0 && line.cause.part != WhyPart::kIdle)
      words += fmt::format(", still so after {}", format_duration(line.ongoing_ns));
    return words;
  }

  std::string words_of_many_blamed(const Joined& joined) const {
    WhyCause cause = joined.first->cause;
    std::string relation = relation_words(cause.relation, joined.causes);
    cause.relation = WhyRelation::kNone;
    if (cause.part == WhyPart::kWait) return relation;
    return fmt::format("{}, {}", cause_words(cause, joined.first->object, names_), relation);
  }

  std::string words_of_many_objects(const Joined& joined) const {
    WhyCause cause = joined.first->cause;
    cause.relation = WhyRelation::kNone;
    return fmt::format("{} ({} different)", cause_words(cause, "", names_), joined.causes);
  }

  // Small lines of the same key become one. What is large then is a line of its own.
  template <class Key, class Words>
  void join_small(const Key& key_of_line, const Words& words) {
    std::map<decltype(key_of_line(*small_.front().first)), std::vector<Joined>> groups;
    for (Joined& joined : small_) groups[key_of_line(*joined.first)].push_back(std::move(joined));
    small_.clear();
    for (auto& [key, members] : groups) {
      if (key.second.empty() && key.first != static_cast<int>(WhyPart::kWait)) {
        std::move(members.begin(), members.end(), std::back_inserter(small_));
        continue;
      }
      Joined whole;
      std::sort(members.begin(), members.end(), is_longer);
      for (const Joined& member : members) whole.add(member);
      if (members.size() == 1 || is_small(whole.line.ns)) {
        std::move(members.begin(), members.end(), std::back_inserter(small_));
        continue;
      }
      whole.line.words = words(whole);
      large_.push_back(std::move(whole));
    }
  }

  WhySection finish(WhyPart part) {
    std::stable_sort(large_.begin(), large_.end(), is_longer);
    // "(1 other)" would take as much room as the line itself.
    if (large_.size() > kMostLines + 1 || (large_.size() > kMostLines && !small_.empty())) {
      const auto from = large_.begin() + kMostLines;
      std::move(from, large_.end(), std::back_inserter(small_));
      large_.erase(from, large_.end());
    }
    Joined rest;
    for (const Joined& joined : small_) rest.add(joined);
    Joined whole = rest;
    WhySection section;
    for (Joined& joined : large_) {
      whole.add(joined);
      section.lines.push_back(std::move(joined.line));
    }
    if (small_.size() == 1 && !large_.empty()) {
      section.lines.push_back(std::move(small_.front().line));
    } else if (rest.causes > 0 && !large_.empty()) {
      rest.line.words = fmt::format("({} others)", rest.causes);
      section.lines.push_back(std::move(rest.line));
    }
    section.head = std::move(whole.line);
    section.head.words = heading_of(part);
    section.head.meanwhile.clear();
    // A line that says the same as its heading.
    if (section.lines.size() == 1 && section.lines.front().words == section.head.words)
      section.lines.clear();
    return section;
  }

  const WhoTable& names_;
  std::uint64_t least_ns_;
  std::vector<Joined> large_;
  std::vector<Joined> small_;
};

std::uint64_t section_ns(const WhyRow& row, WhyPart heading) {
  std::uint64_t ns = 0;
  for (std::size_t part = 0; part < kWhyParts; part++)
    if (section_of(static_cast<WhyPart>(part)) == heading) ns += row.part_ns[part];
  return ns;
}

// "71 % of the cycles in user mode, 29 % in the kernel"; empty when none were counted.
std::string cycles_words(const CpuCycles& cycles, std::uint64_t on_cpu_ns) {
  const double all = static_cast<double>(cycles.user) + static_cast<double>(cycles.kernel);
  if (cycles.ran_ns == 0 || all == 0) return {};
  const double user = 100.0 * static_cast<double>(cycles.user) / all;
  std::string words = fmt::format("{:.1f} % of the cycles in user mode, {:.1f} % in the kernel",
                                  user, 100.0 - user);
  // docs/why.md has what is not counted.
  if (cycles.ran_ns < on_cpu_ns / 100 * 99)
    words += fmt::format("; counted for {} of it", format_duration(cycles.ran_ns));
  return words;
}

}  // namespace

std::vector<WhySection> fold_causes(const WhyRow& row, const WhoTable& names) {
  const std::uint64_t least_ns = (row.wall_ns + kLeastShare - 1) / kLeastShare;
  const std::vector<WhyLine> lines = same_words_joined(row, names);
  std::vector<WhySection> sections;
  for (std::size_t i = 0; i < kWhyParts; i++) {
    const auto heading = static_cast<WhyPart>(i);
    if (section_of(heading) != heading) continue;
    Section section(names, least_ns);
    for (const WhyLine& line : lines)
      if (section_of(line.cause.part) == heading) section.add(line);
    if (!section.is_empty()) {
      sections.push_back(section.take(heading));
    } else if (const std::uint64_t ns = section_ns(row, heading); ns > 0) {
      // A row of those that are not shown has no lines.
      WhyTextLine sum;
      sum.words = heading_of(heading);
      sum.ns = ns;
      sections.push_back({std::move(sum), {}, {}});
    } else {
      continue;
    }
    if (heading == WhyPart::kOnCpu)
      sections.back().note = cycles_words(row.stats.sums.cycles(), sections.back().head.ns);
  }
  return sections;
}

}  // namespace hoodtrace
