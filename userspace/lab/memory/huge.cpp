// SPDX-License-Identifier: GPL-2.0-or-later
// Copy-on-write of transparent huge pages: a huge page is split, and a small one is copied.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

constexpr std::size_t kHugePages = 4;
constexpr const char* kSwitch = "/sys/kernel/mm/transparent_hugepage/enabled";

std::size_t pages_in_huge() { return kHugePageBytes / page_bytes(); }

// Memory that gets huge pages at its first writes.
Region map_huge(std::size_t count) {
  const Region region = map_anonymous(count * pages_in_huge());
  if (::madvise(region.start, count * kHugePageBytes, MADV_HUGEPAGE) != 0)
    give_up("madvise(MADV_HUGEPAGE)");
  return region;
}

// One page of each huge page.
void write_firsts(const Region& region) {
  for (std::size_t i = 0; i < region.pages; i += pages_in_huge()) region.write(i, 1);
}

// AnonHugePages of /proc/self/smaps: huge pages that the process maps as such.
std::uint64_t huge_pages_in(const Region& region) {
  const auto from = reinterpret_cast<std::uintptr_t>(region.start);
  const std::uintptr_t to = from + region.pages * page_bytes();
  std::istringstream lines(text_of("/proc/self/smaps"));
  bool is_inside = false;
  std::uint64_t kib = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (const std::size_t dash = first.find('-'); dash != std::string::npos) {
      const std::uintptr_t start = std::stoull(first.substr(0, dash), nullptr, 16);
      is_inside = start >= from && start < to;
    }
    std::uint64_t value = 0;
    if (is_inside && first == "AnonHugePages:" && words >> value) kib += value;
  }
  return kib * 1024 / kHugePageBytes;
}

std::string lacks_huge_pages(const LabSettings&) {
  const std::string text = text_of(kSwitch);
  if (text.empty()) return "this kernel has no transparent huge pages";
  if (text.find("[never]") != std::string::npos)
    return std::string("transparent huge pages are off (") + kSwitch + ")";
  const std::int64_t size =
      number_of(text_of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"));
  if (size != static_cast<std::int64_t>(kHugePageBytes))
    return "this kernel has no huge pages of 2 MiB";
  const pid_t pid = start_child([] {
    const Region region = map_huge(kHugePages);
    write_firsts(region);
    return huge_pages_in(region) == kHugePages ? 0 : 1;
  });
  return wait_for(pid) == 0 ? "" : "no transparent huge pages are free (fragmented memory)";
}

// Through a pipe: {faults, huge pages at the end}.
using ChildCounts = std::array<std::uint64_t, 2>;

// The child writes one page of the 1st and of the 2nd huge page, all pages of the 3rd, and none of
// the 4th. When it has ended, the parent writes one page of each, and then all.
LabJson play(const LabSettings&) {
  const std::size_t in_huge = pages_in_huge();
  const Region region = map_huge(kHugePages);
  (void)fault_counts();
  FaultCounts before = fault_counts();
  write_firsts(region);
  const std::uint64_t first_faults = fault_counts().minor - before.minor;
  if (huge_pages_in(region) != kHugePages)
    throw std::runtime_error("the kernel had no huge page: its memory is fragmented");
  int ends[2];
  if (::pipe(ends) != 0) give_up("pipe");
  const pid_t child = start_child([&] {
    // What the child itself needs is copied before: its stack, and where these functions are.
    (void)fault_counts();
    region.write(0, 0);
    const FaultCounts at_start = fault_counts();
    region.write(0, 1);
    region.write(in_huge, 1);
    region.write(2 * in_huge, in_huge);
    const std::uint64_t faults = fault_counts().minor - at_start.minor;
    const ChildCounts counts = {faults, huge_pages_in(region)};
    (void)!::write(ends[1], counts.data(), sizeof(counts));
    return 0;
  });
  ChildCounts counts{};
  if (wait_for(child) != 0 || ::read(ends[0], counts.data(), sizeof(counts)) != sizeof(counts))
    throw std::runtime_error("the child failed");
  before = fault_counts();
  write_firsts(region);
  region.write(0, region.pages);
  const std::uint64_t parent_faults = fault_counts().minor - before.minor;
  return {{"region", region.json()},
          {"parent", ::getpid()},
          {"child", child},
          {"in_huge", in_huge},
          {"huge", kHugePages},
          {"first_faults", first_faults},
          {"child_faults", counts[0]},
          {"child_huge", counts[1]},
          {"parent_faults", parent_faults},
          {"parent_huge", huge_pages_in(region)}};
}

void judge(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto huge = facts["huge"].get<std::uint64_t>();
  const auto copies = facts["in_huge"].get<std::uint64_t>() + 2;
  const auto faults = [&](const char* kind, const char* whose) {
    return evidence.faults_in(facts["region"], kind, facts[whose]);
  };
  // Of the kernel's counts, a few are of the process's own stack, data and code.
  constexpr double kOwn = 4;
  const auto exactly = [&](const char* what, std::uint64_t count, const LabJson& measured,
                           const char* fact) {
    const auto number = static_cast<double>(count);
    verdict.within(what, number, number, measured, LabUnit::kCount, facts[fact], kOwn);
  };
  exactly("faults that each mapped a huge page", huge, faults("huge", "parent"), "first_faults");
  exactly("small pages that the child copied", copies, faults("cow_copy", "child"), "child_faults");
  exactly("faults by which the parent took a huge page over, whole", huge,
          faults("cow_reuse", "parent"), "parent_faults");
  verdict.equal("pages that the parent copied", 0, faults("cow_copy", "parent"));
  verdict.equal("huge pages that the child still maps, of smaps", huge - 3, facts["child_huge"]);
  verdict.equal("huge pages that the parent still maps, of smaps", huge, facts["parent_huge"]);
}

constexpr LabBar kBars[] = {
    {"before", 0, 512, '=', "huge page 1"},
    {"before", 512, 1024, '=', "huge page 2"},
    {"before", 1024, 1536, '=', "huge page 3"},
    {"before", 1536, 2048, '=', "huge page 4"},
    {"child", 0, 32, '#', ""},
    {"child", 32, 512, '.', "split"},
    {"child", 512, 544, '#', ""},
    {"child", 544, 1024, '.', "split"},
    {"child", 1024, 1536, '#', "512 copies"},
    {"child", 1536, 2048, '=', "shared"},
    {"parent", 0, 512, '=', "whole"},
    {"parent", 512, 1024, '=', "whole"},
    {"parent", 1024, 1536, '=', "whole"},
    {"parent", 1536, 2048, '=', "whole"},
};

}  // namespace

const Experiment kCowHuge = {
    "cow-huge",
    "memory",
    "after a fork, a write to a huge page copies one small page",
    "faults",
    "faults --by address",
    "Four transparent huge pages of 2 MiB: the first write to each is one fault, and zeroes 512 "
    "small pages. fork() shares them whole. When the child writes to one, the kernel does not copy "
    "2 "
    "MiB: it splits the child's mapping of the huge page into 512 small ones (do_huge_pmd_wp_page, "
    "mm/huge_memory.c) and copies the small page that is written. Here the child writes one page "
    "of "
    "the 1st and of the 2nd, all 512 of the 3rd, and none of the 4th: 514 faults, 514 copies.\n"
    "\n"
    "The parent's mapping is not split. After the child's end it owns the pages alone: its first "
    "write to each is one fault that takes 2 MiB over, and the writes to the other 511 do not "
    "fault. So a process that uses huge pages pays for a fork with 512 times fewer faults, and its "
    "child with as many as ever. The independent counts are getrusage(2) and AnonHugePages of "
    "/proc/PID/smaps.",
    lacks_huge_pages,
    play,
    judge,
    {"small pages; # copied, = mapped as a huge page, . mapped one by one", kBars}};

}  // namespace hoodtrace::lab
