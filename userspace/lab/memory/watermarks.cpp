// SPDX-License-Identifier: GPL-2.0-or-later
// Watermarks: when the kernel reclaims memory, and what a cgroup's limit has to do with them.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "lab/acts.hpp"
#include "lab/list.hpp"
#include "lab/memory/read_file.hpp"
#include "lab/memory/zones.hpp"
#include "lab/own_group.hpp"

namespace hoodtrace::lab {
namespace {

constexpr std::size_t kLimitMib = 8;
constexpr std::size_t kFileMib = 16;
constexpr const char* kMovable = "Movable";

std::int64_t sysctl(const char* name) {
  return number_of(text_of(std::string("/proc/sys/vm/") + name));
}

// The largest zone had more free pages than its high watermark: kswapd has nothing to do.
bool is_roomy(const std::vector<Zone>& zones) {
  const auto largest =
      std::max_element(zones.begin(), zones.end(),
                       [](const Zone& a, const Zone& b) { return a.managed < b.managed; });
  return largest != zones.end() && largest->free > largest->high + largest->boost;
}

// A file is read in a cgroup that cannot hold it. "" or why that is not possible here.
std::string lacks_group(const LabSettings& settings) {
  if (std::string why = OwnGroup::lacks("memory"); !why.empty()) return why;
  return kMajorFault.lacks(settings);
}

LabJson read_in_group(const LabSettings& settings) {
  const std::size_t pages = (kFileMib << 20) / page_bytes();
  const int fd = make_file(settings.folder, pages);
  make_cold(fd);
  LabJson facts = {{"pages", pages}, {"limit_pages", (kLimitMib << 20) / page_bytes()}};
  add_identity(fd, facts);
  OwnGroup group("memory");
  group.limit_memory(kLimitMib << 20);
  const pid_t reader = start_child([&] {
    group.enter();
    read_all(fd, pages);
    return 0;
  });
  if (wait_for(reader) != 0) throw std::runtime_error("the reader failed in its memory cgroup");
  facts["reader"] = reader;
  facts["cached_after"] = cached_pages(fd, pages);
  ::close(fd);
  return facts;
}

LabJson play(const LabSettings& settings) {
  const std::vector<Zone> before = parse_zones(text_of("/proc/zoneinfo"));
  LabJson zones = LabJson::array();
  for (const Zone& zone : before)
    zones.push_back({{"name", zone.name},
                     {"min", zone.min},
                     {"low", zone.low},
                     {"high", zone.high},
                     {"managed", zone.managed}});
  const std::string no_group = lacks_group(settings);
  const LabJson group = no_group.empty() ? read_in_group(settings) : LabJson();
  const std::vector<Zone> after = parse_zones(text_of("/proc/zoneinfo"));
  return {{"page_bytes", page_bytes()},
          {"min_free_kib", sysctl("min_free_kbytes")},
          {"scale", sysctl("watermark_scale_factor")},
          // A balloon changes a zone's managed pages, and not its watermarks.
          {"ballooned", number_in("/proc/vmstat", "balloon_inflate") > 0},
          {"zones", zones},
          {"roomy", is_roomy(before) && is_roomy(after)},
          {"no_group", no_group},
          {"group", group}};
}

// The sizes of the zones when the watermarks were computed may have been smaller: the kernel frees its
// initrd and its own initialization later. So much may have been added since.
constexpr double kThen = 0.75;

struct Machine {
  std::uint64_t min_free = 0;  // vm.min_free_kbytes, in pages
  std::uint64_t scale = 0;
  std::uint64_t all_managed = 0;
};

bool is_movable(const LabJson& zone) {
  return zone["name"].get<std::string>().starts_with(kMovable);
}

Watermarks marks_now(const LabJson& zone, const Machine& machine) {
  return watermarks_of(zone["managed"].get<std::uint64_t>(), machine.all_managed, machine.min_free,
                       machine.scale);
}

void judge_exactly(const LabJson& zone, const Machine& machine, Verdict& verdict) {
  const std::string name = "zone " + zone["name"].get<std::string>();
  const Watermarks marks = marks_now(zone, machine);
  verdict.equal(name + ": min, its part of them", marks.min, zone["min"]);
  verdict.equal(name + ": low, where kswapd wakes up", marks.low, zone["low"]);
  verdict.equal(name + ": high, where it sleeps again", marks.high, zone["high"]);
}

void judge_roughly(const LabJson& zone, const Machine& machine, Verdict& verdict) {
  const std::string name = "zone " + zone["name"].get<std::string>();
  const auto part = static_cast<double>(marks_now(zone, machine).min);
  verdict.within(name + ": min, its part of them", std::floor(part * kThen),
                 std::min(part / kThen + 1, static_cast<double>(machine.min_free)), zone["min"],
                 LabUnit::kCount);
  const auto min = zone["min"].get<std::uint64_t>();
  const std::uint64_t quarter = min / 4;
  const auto step = [&](double managed) {
    constexpr double kScaleOne = 10'000;
    return std::max(static_cast<double>(quarter),
                    std::floor(managed * static_cast<double>(machine.scale) / kScaleOne));
  };
  const auto managed = zone["managed"].get<double>();
  verdict.within(name + ": low - min, the step", step(kThen * managed), step(managed),
                 zone["low"].get<std::uint64_t>() - min, LabUnit::kCount);
}

void judge_zones(const LabJson& facts, Verdict& verdict) {
  Machine machine;
  machine.min_free =
      facts["min_free_kib"].get<std::uint64_t>() * 1024 / facts["page_bytes"].get<std::uint64_t>();
  machine.scale = facts["scale"].get<std::uint64_t>();
  double all_min = 0;
  double zones = 0;
  for (const LabJson& zone : facts["zones"]) {
    if (is_movable(zone)) continue;
    machine.all_managed += zone["managed"].get<std::uint64_t>();
    all_min += zone["min"].get<double>();
    zones++;
  }
  // Each zone's part is rounded down.
  verdict.within("min of all zones together: vm.min_free_kbytes, in pages",
                 static_cast<double>(machine.min_free) - zones,
                 static_cast<double>(machine.min_free), all_min, LabUnit::kCount);
  bool are_of_now = true;
  for (const LabJson& zone : facts["zones"]) {
    const auto low = zone["low"].get<std::uint64_t>();
    verdict.equal("zone " + zone["name"].get<std::string>() + ": high - low, as much as low - min",
                  low - zone["min"].get<std::uint64_t>(), zone["high"].get<std::uint64_t>() - low);
    are_of_now = are_of_now && (is_movable(zone) || marks_now(zone, machine).min == zone["min"]);
  }
  if (!are_of_now)
    verdict.notes.emplace_back(
        facts["ballooned"].get<bool>()
            ? "a balloon has changed the zones since their watermarks were computed: their parts "
              "are not checked"
            : "memory was added to the zones since their watermarks were computed (the initrd's, "
              "for one): their parts are checked within 25 %");
  for (const LabJson& zone : facts["zones"]) {
    if (is_movable(zone)) continue;
    if (are_of_now)
      judge_exactly(zone, machine, verdict);
    else if (!facts["ballooned"].get<bool>())
      judge_roughly(zone, machine, verdict);
  }
}

void judge_group(const Evidence& evidence, Verdict& verdict) {
  const LabJson& group = evidence.facts["group"];
  const LabJson file = evidence.file(group["dev"], group["inode"]);
  verdict.at_least("pages that the cgroup's limit evicted",
                   group["pages"].get<double>() - group["limit_pages"].get<double>(),
                   value_of(file, "evicted_memcg"), LabUnit::kCount);
  if (!evidence.facts["roomy"].get<bool>()) {
    verdict.notes.emplace_back(
        "free memory was below the high watermark: what kswapd does is not predicted");
    return;
  }
  verdict.equal("pages of the same file that kswapd evicted", 0, value_of(file, "evicted_kswapd"));
  verdict.equal("pages that a task evicted because a zone was below min", 0,
                value_of(file, "evicted_direct"));
}

void judge(const Evidence& evidence, Verdict& verdict) {
  judge_zones(evidence.facts, verdict);
  if (evidence.facts["group"].is_null())
    verdict.notes.push_back("no cgroup was filled: " +
                            evidence.facts["no_group"].get<std::string>());
  else
    judge_group(evidence, verdict);
}

std::string lacks_zones(const LabSettings&) {
  if (parse_zones(text_of("/proc/zoneinfo")).empty()) return "this kernel has no /proc/zoneinfo";
  if (sysctl("min_free_kbytes") < 0 || sysctl("watermark_scale_factor") < 0)
    return "this kernel has no vm.min_free_kbytes or no vm.watermark_scale_factor";
  return {};
}

// Of a zone of 1000 pages with a min of 40; the top is cut off.
constexpr LabBar kBars[] = {
    {"free pages", 0, 40, '#', "below min"},
    {"free pages", 40, 50, '=', "low"},
    {"free pages", 50, 60, '.', "high"},
    {"free pages", 60, 100, '-', "above high"},
    {"reclaims", 0, 40, '#', "each task for itself"},
    {"reclaims", 40, 60, '=', "kswapd"},
    {"reclaims", 60, 100, '-', "nobody"},
};

}  // namespace

const Experiment kWatermarks = {
    "watermarks",
    "memory",
    "when the kernel reclaims memory: min, low and high of each zone",
    "cache",
    "cache",
    "Each zone of memory has three watermarks. When an allocation finds fewer free pages than low, "
    "it "
    "wakes kswapd, which evicts and writes pages in the background until there are more than high. "
    "Below min a task must reclaim pages itself before it gets any (direct reclaim); what is left "
    "there is for the kernel's own emergencies.\n"
    "\n"
    "The numbers (__setup_per_zone_wmarks, mm/page_alloc.c):\n"
    "\n"
    "  min  = vm.min_free_kbytes, divided among the zones by their size\n"
    "  low  = min + step\n"
    "  high = low + step\n"
    "  step = the larger of min / 4 and size * vm.watermark_scale_factor / 10000\n"
    "\n"
    "They are computed here again and compared with /proc/zoneinfo. The experiment does not press "
    "the memory of the whole machine. It reads a file of 16 MiB in a cgroup with a limit of 8: the "
    "limit evicts pages although the zones have enough free ones, kswapd evicts none, and no task "
    "is in direct reclaim. A cgroup's limit and the watermarks know nothing of each other.",
    lacks_zones,
    play,
    judge,
    {"free pages of a zone, in thousandths (of which min is 40)", kBars}};

}  // namespace hoodtrace::lab
