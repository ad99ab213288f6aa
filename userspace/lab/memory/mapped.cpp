// SPDX-License-Identifier: GPL-2.0-or-later
// Files in memory: pages that are cached, that are not, and that are written privately.

#include <sys/mman.h>
#include <unistd.h>

#include "lab/acts.hpp"
#include "lab/list.hpp"

namespace hoodtrace::lab {
namespace {

// Pages that a fault on a file maps around it: fault_around_bytes (mm/memory.c).
std::size_t around_pages() {
  const std::string text = text_of("/sys/kernel/debug/fault_around_bytes");
  constexpr std::size_t kDefaultBytes = 65536;
  const std::size_t bytes = text.empty() ? kDefaultBytes : std::stoul(text);
  return std::max<std::size_t>(1, bytes / page_bytes());
}

LabJson play_mmap_file(const LabSettings& settings) {
  const std::size_t around = around_pages();
  const std::size_t pages = std::max(settings.pages / around, std::size_t{1}) * around;
  const int fd = make_file(settings.folder, pages);
  const Region readable = map_file(fd, pages, PROT_READ, MAP_PRIVATE);
  const Region writable = map_file(fd, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
  (void)fault_counts();
  const FaultCounts before = fault_counts();
  readable.read(0, pages);
  const FaultCounts read = fault_counts();
  writable.write(0, pages);
  const FaultCounts written = fault_counts();
  ::close(fd);
  return {{"readable", readable.json()},
          {"writable", writable.json()},
          {"pages", pages},
          {"around", around},
          {"read_minor", read.minor - before.minor},
          {"read_major", read.major - before.major},
          {"write_minor", written.minor - read.minor}};
}

void judge_mmap_file(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto pages = facts["pages"].get<std::uint64_t>();
  const auto around = facts["around"].get<std::uint64_t>();
  verdict.equal("faults of reads, each of which mapped its neighbours too", pages / around,
                evidence.faults_in(facts["readable"], "file_minor"), facts["read_minor"]);
  verdict.equal("faults of private writes, each of which copied one page", pages,
                evidence.faults_in(facts["writable"], "file_cow"), facts["write_minor"]);
  verdict.equal("faults that waited for a disk", 0,
                evidence.faults_in(facts["readable"], "file_major"), facts["read_major"]);
}

LabJson play_major(const LabSettings& settings) {
  constexpr std::size_t kMostPages = 128;
  const std::size_t pages = std::min(settings.pages, kMostPages);
  const int fd = make_file(settings.folder, pages);
  make_cold(fd);
  const Region region = map_file(fd, pages, PROT_READ, MAP_PRIVATE);
  ::madvise(region.start, pages * page_bytes(), MADV_RANDOM);
  const std::uint64_t cached = region.resident();
  (void)fault_counts();
  const FaultCounts before = fault_counts();
  region.read(0, pages);
  const FaultCounts after = fault_counts();
  ::close(fd);
  return {{"region", region.json()},
          {"pages", pages},
          {"cached_before", cached},
          {"major", after.major - before.major},
          {"minor", after.minor - before.minor}};
}

void judge_major(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  verdict.equal("faults that read their page from the disk", facts["pages"],
                evidence.faults_in(facts["region"], "file_major"), facts["major"]);
  verdict.equal("minor faults beside them", 0, evidence.faults_in(facts["region"], "file_minor"),
                facts["minor"]);
}

// tmpfs has its pages nowhere else: they cannot be dropped.
std::string lacks_disk(const LabSettings& settings) {
  if (settings.folder.empty()) return {};
  const int fd = make_file(settings.folder, 1);
  make_cold(fd);
  const std::uint64_t cached = cached_pages(fd, 1);
  ::close(fd);
  return cached == 0 ? ""
                     : settings.folder + " is not on a disk: name a folder that is with --folder";
}

constexpr LabBar kAroundBars[] = {
    {"read", 0, 1, '#', ""},
    {"read", 1, 16, '=', "mapped by the same fault"},
    {"read", 16, 17, '#', ""},
    {"read", 17, 32, '=', "and by the next one"},
    {"private write", 0, 32, '#', "each page is a fault and a copy"},
};

}  // namespace

const Experiment kMmapFile = {
    "mmap-file",
    "memory",
    "reads of a mapped, cached file: one fault for 16 pages",
    "faults",
    "faults --by address",
    "A read of a mapped page that is in the page cache is a minor fault. The kernel maps the "
    "cached "
    "pages around it too, 64 KiB by default (do_fault_around, mm/memory.c; fault_around_bytes in "
    "debugfs), so N pages read in order make N / 16 faults, not N. A write to a private mapping "
    "copies the page of the file, and is one fault per page. Both are minor: nothing is read.",
    lacks_nothing,
    play_mmap_file,
    judge_mmap_file,
    {"pages of the file (# faults, = mapped without a fault)", kAroundBars}};

const Experiment kMajorFault = {
    "major-fault",
    "memory",
    "reads of a mapped file that is not cached wait for the disk",
    "faults",
    "faults --by address",
    "The file's pages are dropped from the page cache (POSIX_FADV_DONTNEED) and mincore(2) finds "
    "none. MADV_RANDOM turns readahead off, so each page that is read is one major fault: the task "
    "sleeps until the disk has delivered it. With readahead most of these faults would be minor, "
    "for the pages would be there before they are used.",
    lacks_disk,
    play_major,
    judge_major};

}  // namespace hoodtrace::lab
