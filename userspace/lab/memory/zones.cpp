// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/memory/zones.hpp"

#include <algorithm>
#include <sstream>

namespace hoodtrace::lab {
namespace {

constexpr std::uint64_t kScaleOne = 10'000;  // of watermark_scale_factor: a ten-thousandth

std::uint64_t* field_of(Zone& zone, const std::string& word) {
  if (word == "boost") return &zone.boost;
  if (word == "min") return &zone.min;
  if (word == "low") return &zone.low;
  if (word == "high") return &zone.high;
  if (word == "managed") return &zone.managed;
  return nullptr;
}

// "Node 0, zone   Normal"
std::string name_of(const std::string& line) {
  std::istringstream words(line);
  std::string node;
  std::string number;
  std::string zone;
  std::string name;
  words >> node >> number >> zone >> name;
  number = number.substr(0, number.find(','));
  return number == "0" ? name : name + " of node " + number;
}

}  // namespace

std::vector<Zone> parse_zones(const std::string& zoneinfo) {
  std::vector<Zone> zones;
  std::istringstream lines(zoneinfo);
  // The lists per CPU, below "pagesets", have a "high" too.
  bool in_pagesets = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Node ")) {
      zones.emplace_back().name = name_of(line);
      in_pagesets = false;
      continue;
    }
    std::istringstream words(line);
    std::string word;
    std::uint64_t number = 0;
    words >> word;
    if (word == "pagesets") in_pagesets = true;
    if (zones.empty() || in_pagesets) continue;
    if (word == "pages" && words >> word >> number && word == "free") zones.back().free = number;
    if (std::uint64_t* field = field_of(zones.back(), word); field != nullptr && words >> number)
      *field = number;
  }
  std::erase_if(zones, [](const Zone& zone) { return zone.managed == 0; });
  for (Zone& zone : zones)
    for (std::uint64_t* mark : {&zone.min, &zone.low, &zone.high})
      *mark -= std::min(*mark, zone.boost);
  return zones;
}

Watermarks watermarks_of(std::uint64_t managed, std::uint64_t all_managed,
                         std::uint64_t min_free_pages, std::uint64_t scale) {
  Watermarks marks;
  if (all_managed == 0) return marks;
  marks.min = min_free_pages * managed / all_managed;
  const std::uint64_t step = std::max(marks.min / 4, managed * scale / kScaleOne);
  marks.low = marks.min + step;
  marks.high = marks.low + step;
  return marks;
}

}  // namespace hoodtrace::lab
