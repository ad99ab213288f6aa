// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that nothing is in yet: the first write, and the first read.

#include <sstream>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

LabJson play_demand_zero(const LabSettings& settings) {
  const Region region = map_anonymous(settings.pages);
  (void)fault_counts();
  const std::int64_t rss_before = number_in("/proc/self/status", "RssAnon:");
  const FaultCounts before = fault_counts();
  region.write(0, region.pages);
  const FaultCounts after = fault_counts();
  const std::int64_t rss_after = number_in("/proc/self/status", "RssAnon:");
  return {{"region", region.json()},
          {"pages", region.pages},
          {"minor", after.minor - before.minor},
          {"major", after.major - before.major},
          {"rss_kib", rss_after - rss_before}};
}

void judge_demand_zero(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  verdict.equal("pages that the first write zeroed", facts["pages"],
                evidence.faults_in(facts["region"], "demand_zero"), facts["minor"]);
  verdict.equal("major faults among them", 0, evidence.faults_in(facts["region"], "file_major"),
                facts["major"]);
}

// By smaps: pages of its own, of which the zero page is none.
std::uint64_t anonymous_kib(const Region& region) {
  std::istringstream lines(text_of("/proc/self/smaps"));
  const auto wanted = reinterpret_cast<std::uintptr_t>(region.start);
  bool is_it = false;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    if (words >> std::hex >> start >> dash >> end && dash == '-')
      is_it = start <= wanted && wanted < end;
    else if (is_it && line.starts_with("Anonymous:"))
      return std::stoull(line.substr(line.find(':') + 1));
  }
  return 0;
}

LabJson play_zero_page(const LabSettings& settings) {
  const Region region = map_anonymous(settings.pages);
  (void)fault_counts();
  const FaultCounts before = fault_counts();
  region.read(0, region.pages);
  const FaultCounts read = fault_counts();
  const std::uint64_t anonymous = anonymous_kib(region);
  const FaultCounts asked = fault_counts();  // reading smaps takes memory too
  region.write(0, region.pages);
  const FaultCounts written = fault_counts();
  return {{"region", region.json()},
          {"pages", region.pages},
          {"read_minor", read.minor - before.minor},
          {"write_minor", written.minor - asked.minor},
          {"anonymous_kib", anonymous}};
}

void judge_zero_page(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  if (facts["anonymous_kib"] != 0) {
    verdict.notes.emplace_back(
        "this kernel has no shared zero page: smaps shows that reads got pages of their own, so "
        "a read costs memory here");
    verdict.equal("reads that were given a page", facts["pages"],
                  evidence.faults_in(facts["region"], "demand_zero"), facts["read_minor"]);
    verdict.equal("later writes that faulted again", 0,
                  evidence.faults_in(facts["region"], "zero_page_upgrade"), facts["write_minor"]);
    return;
  }
  verdict.equal("reads that the zero page served", facts["pages"],
                evidence.faults_in(facts["region"], "zero_page_read"), facts["read_minor"]);
  verdict.equal("later writes that replaced it", facts["pages"],
                evidence.faults_in(facts["region"], "zero_page_upgrade"), facts["write_minor"]);
}

constexpr LabBar kZeroBars[] = {
    {"reads", 0, 1, '=', "zero page"},  {"reads", 1, 2, '=', "zero page"},
    {"reads", 2, 3, '=', "zero page"},  {"reads", 3, 4, '=', "zero page"},
    {"writes", 0, 1, '#', "own page"},  {"writes", 1, 2, '#', "own page"},
    {"writes", 2, 3, '=', "zero page"}, {"writes", 3, 4, '=', "zero page"},
};

}  // namespace

const Experiment kDemandZero = {
    "demand-zero",
    "memory",
    "the first write to each page of new memory is one fault",
    "faults",
    "faults --by address",
    "mmap() reserves addresses and no memory. The first write to a page faults; the kernel takes a "
    "page, fills it with zeros and maps it (do_anonymous_page, mm/memory.c). So N pages that are "
    "written one after the other make N minor faults, and no major one: nothing is read from a "
    "disk. Transparent huge pages would make one fault of 512 pages; the scene forbids them with "
    "MADV_NOHUGEPAGE. The independent count is ru_minflt of getrusage(2).",
    lacks_nothing,
    play_demand_zero,
    judge_demand_zero};

const Experiment kZeroPage = {
    "zero-page",
    "memory",
    "a read of new memory maps one shared page; a write later replaces it",
    "faults",
    "faults --by address",
    "A read of a page that was never written maps the kernel's one page of zeros, read-only, so "
    "reading N pages makes N minor faults and takes no memory. Each later write faults again: the "
    "zero page is replaced by a page of its own. So memory that is read first costs two faults a "
    "page, and \"one page, one fault\" is not the rule.",
    lacks_nothing,
    play_zero_page,
    judge_zero_page,
    {"pages: after 4 reads (4 faults), and after 2 writes (2 more)", kZeroBars}};

}  // namespace hoodtrace::lab
