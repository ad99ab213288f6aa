// SPDX-License-Identifier: GPL-2.0-or-later
// Of the HTML exporter: the causes of sleeps.

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.hpp"
#include "output/html_exporter.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kCauses = 12;
constexpr std::size_t kSleeps = 64;

std::string words_of(const WhyTracker& tracker, WhyCauseId id) {
  const WhyCause& cause = tracker.cause(id);
  return valid_utf8(cause_words(cause, tracker.object_text(cause), tracker.tasks().names()));
}

bool is_sleep(WhyPart part) {
  return part == WhyPart::kDisk || part == WhyPart::kBlocked || part == WhyPart::kIdle ||
         part == WhyPart::kStopped;
}

struct Sum {
  std::uint64_t ns = 0;
  std::uint64_t count = 0;
};

}  // namespace

Json HtmlExporter::causes_json(const ProcessLife& life) const {
  const ProcessCauses::Process* process = causes_.find(life.pid, life.start_boottime_ns);
  if (process == nullptr) return nullptr;
  std::map<std::string, Sum> sums;
  for (const auto& [id, sum] : process->sums.by_cause()) {
    if (!is_sleep(causes_.tracker().cause(id).part)) continue;
    Sum& one = sums[words_of(causes_.tracker(), id)];
    one.ns += sum.ns;
    one.count += sum.count;
  }
  std::vector<std::pair<std::string, Sum>> sorted(sums.begin(), sums.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.ns > b.second.ns; });
  if (sorted.size() > kCauses) sorted.resize(kCauses);
  Json list = Json::array();
  for (const auto& [words, sum] : sorted) list.push_back({words, sum.ns, sum.count});
  return list;
}

// [from, to, words], the longest first.
Json HtmlExporter::sleeps_json(const ProcessLife& life) const {
  const ProcessCauses::Process* process = causes_.find(life.pid, life.start_boottime_ns);
  if (process == nullptr) return nullptr;
  std::vector<ProcessCauses::Sleep> sorted = process->longest;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.to_ns - a.from_ns > b.to_ns - b.from_ns;
  });
  if (sorted.size() > kSleeps) sorted.resize(kSleeps);
  Json list = Json::array();
  for (const ProcessCauses::Sleep& sleep : sorted)
    list.push_back({since_start(sleep.from_ns), since_start(sleep.to_ns),
                    words_of(causes_.tracker(), sleep.cause)});
  return list;
}

}  // namespace hoodtrace
