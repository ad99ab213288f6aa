// SPDX-License-Identifier: GPL-2.0-or-later
// A file that is read cold, read again, and dropped; and one that a memory limit evicts.

#include <unistd.h>

#include <cmath>
#include <stdexcept>

#include "lab/acts.hpp"
#include "lab/list.hpp"
#include "lab/memory/read_file.hpp"
#include "lab/own_group.hpp"

namespace hoodtrace::lab {
namespace {

LabJson play_cache(const LabSettings& settings) {
  const std::size_t pages = settings.pages;
  const int fd = make_file(settings.folder, pages);
  LabJson facts = {{"pages", pages}};
  add_identity(fd, facts);
  const auto bytes_read = [] { return number_in("/proc/self/io", "read_bytes:"); };
  facts["cached_written"] = cached_pages(fd, pages);
  make_cold(fd);
  facts["cached_cold"] = cached_pages(fd, pages);
  const std::int64_t before = bytes_read();
  read_all(fd, pages);
  const std::int64_t cold = bytes_read();
  facts["cached_read"] = cached_pages(fd, pages);
  read_all(fd, pages);
  facts["cold_bytes"] = cold - before;
  facts["warm_bytes"] = bytes_read() - cold;
  make_cold(fd);
  facts["cached_end"] = cached_pages(fd, pages);
  ::close(fd);
  return facts;
}

void judge_cache(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto pages = facts["pages"].get<std::uint64_t>();
  const LabJson file = evidence.file(facts["dev"], facts["inode"]);
  const auto number = [&file](const char* key) {
    return file.is_null() ? file : file.value(key, LabJson());
  };
  // Written once, read once from the disk.
  verdict.equal(
      "pages added: by the writes, and by the cold read", 2 * pages, number("added"),
      facts["cached_written"].get<std::uint64_t>() + facts["cached_read"].get<std::uint64_t>());
  verdict.equal(
      "pages dropped, twice all of them", 2 * pages, number("evicted"),
      facts["cached_written"].get<std::uint64_t>() - facts["cached_cold"].get<std::uint64_t>() +
          facts["cached_read"].get<std::uint64_t>() - facts["cached_end"].get<std::uint64_t>());
  if (number("misses").is_null()) {
    verdict.notes.emplace_back("this kernel does not report uses of cached pages (before 6.12)");
  } else {
    verdict.equal("misses: each page, when it is read cold", pages, number("misses"));
    verdict.equal("hits: each page, when it is read again", pages, number("hits"));
  }
  // Readahead reads ahead of the reader, up to a window that fits the file; a device may round up.
  const std::uint64_t page = facts["cold_bytes"].get<std::uint64_t>() / pages;
  verdict.equal("bytes of the cold read from the disk, per page", ::sysconf(_SC_PAGESIZE), page);
  verdict.equal("bytes of the warm read from the disk", 0, facts["warm_bytes"]);
}

std::string lacks_disk_cache(const LabSettings& settings) { return kMajorFault.lacks(settings); }

// ---- a limit of memory ----

constexpr std::size_t kLimitMib = 8;
constexpr std::size_t kFileMib = 32;

LabJson play_reclaim(const LabSettings& settings) {
  const std::size_t pages = (kFileMib << 20) / page_bytes();
  const int fd = make_file(settings.folder, pages);
  make_cold(fd);
  LabJson facts = {{"pages", pages}, {"limit_pages", (kLimitMib << 20) / page_bytes()}};
  add_identity(fd, facts);
  facts["cached_before"] = cached_pages(fd, pages);
  OwnGroup group("memory");
  group.limit_memory(kLimitMib << 20);
  int ends[2];
  if (::pipe(ends) != 0) give_up("pipe");
  const pid_t child = start_child([&] {
    group.enter();
    const std::int64_t before = number_in("/proc/self/io", "read_bytes:");
    read_all(fd, pages);
    const std::int64_t read_bytes = number_in("/proc/self/io", "read_bytes:") - before;
    (void)!::write(ends[1], &read_bytes, sizeof(read_bytes));
    return 0;
  });
  std::int64_t read_bytes = 0;
  if (wait_for(child) != 0 || ::read(ends[0], &read_bytes, sizeof(read_bytes)) < 0)
    throw std::runtime_error("the reader failed in its memory cgroup");
  facts["reader"] = child;
  facts["read_pages"] = static_cast<std::uint64_t>(read_bytes) / page_bytes();
  facts["cached_after"] = cached_pages(fd, pages);
  facts["peak_bytes"] = group.peak_memory();
  ::close(fd);
  return facts;
}

void judge_reclaim(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson file = evidence.file(facts["dev"], facts["inode"]);
  const auto pages = facts["pages"].get<std::uint64_t>();
  const auto limit = facts["limit_pages"].get<std::uint64_t>();
  const LabJson evicted = file.is_null() ? file : file.value("evicted_memcg", LabJson());
  // Since the scene wrote it.
  LabJson added;
  LabJson left;
  if (!file.is_null() && file.value("added", LabJson()).is_number())
    added = file["added"].get<std::uint64_t>() - pages;
  if (added.is_number() && evicted.is_number())
    left = added.get<std::uint64_t>() - evicted.get<std::uint64_t>();
  // Readahead may bring a page that is evicted before it is used, and must be read again.
  verdict.within("pages that the read added, as many as were read from the disk",
                 static_cast<double>(pages), HUGE_VAL, added, LabUnit::kCount, facts["read_pages"],
                 0);
  verdict.at_least("pages that the limit of the cgroup evicted", static_cast<double>(pages - limit),
                   evicted, LabUnit::kCount);
  verdict.within("added less evicted: those that are cached at the end", 1,
                 static_cast<double>(limit), left, LabUnit::kCount, facts["cached_after"], 0);
}

std::string lacks_memory_group(const LabSettings& settings) {
  if (std::string why = OwnGroup::lacks("memory"); !why.empty()) return why;
  return kMajorFault.lacks(settings);
}

constexpr LabBar kCacheBars[] = {
    {"disk", 0, 20, '#', "written"},
    {"disk", 20, 30, '-', ""},
    {"disk", 30, 60, '#', "read: misses"},
    {"disk", 60, 100, '-', ""},
    {"page cache", 0, 20, '=', "dirty, synced"},
    {"page cache", 20, 30, '-', "dropped"},
    {"page cache", 30, 60, '=', "added"},
    {"page cache", 60, 80, '=', "hits"},
    {"page cache", 80, 100, '-', "dropped"},
};

}  // namespace

const Experiment kPageCache = {
    "page-cache",
    "memory",
    "a file read cold, read again, and dropped",
    "cache",
    "cache",
    "A file of N pages is written (N pages added, dirty, then synced), dropped, read (N added "
    "again: "
    "misses), read once more (N hits, and not a byte from the disk), and dropped. The independent "
    "counts are mincore(2) after each step and read_bytes of /proc/self/io. Most pages of the cold "
    "read were put there by readahead before the reader wanted them: they still are misses, "
    "because "
    "the disk was read for this use.",
    lacks_disk_cache,
    play_cache,
    judge_cache,
    {"steps of the scene (not to scale)", kCacheBars}};

const Experiment kReclaim = {
    "reclaim",
    "memory",
    "a cgroup's memory limit evicts the pages of a larger file",
    "cache",
    "cache",
    "A process in a cgroup with a limit of 8 MiB reads a file of 32 MiB. The page cache counts for "
    "the cgroup of the task that brings a page in. When the limit is reached, the reader itself "
    "evicts older pages (try_charge_memcg, mm/memcontrol.c), and kswapd, which watches the "
    "watermarks of the whole machine, has nothing to do with it. At the end at most 8 MiB of the "
    "file are cached, as mincore(2) finds. More than 32 MiB may be read from the disk: readahead "
    "brings pages that are evicted before they are used.",
    lacks_memory_group,
    play_reclaim,
    judge_reclaim};

}  // namespace hoodtrace::lab
