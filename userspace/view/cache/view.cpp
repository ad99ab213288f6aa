// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/cache/view.hpp"

#include <fmt/format.h>

#include "base/growth.hpp"
#include "base/units.hpp"
#include "view/cache/rows.hpp"

namespace hoodtrace {
namespace {

Json known(bool is_known, std::uint64_t value) { return is_known ? Json(value) : Json(nullptr); }

Json stalls_json(bool is_known, const ReclaimStalls& stalls, bool has_pages) {
  if (!is_known) return nullptr;
  Json object = {{"count", stalls.count}, {"ns", stalls.ns}};
  if (has_pages) object["pages"] = stalls.pages;
  return object;
}

double per_second(std::uint64_t count, std::uint64_t ns) {
  return ns == 0 ? 0 : static_cast<double>(count) * 1e9 / static_cast<double>(ns);
}

Json system_json(const CacheTracker& tracker, std::uint64_t duration_ns) {
  const CacheSystem& system = tracker.system();
  const CacheCounts& counts = system.counts;
  const bool uses = tracker.can_report(HT_CACHE_ACCESSES);
  const bool reclaim = tracker.can_report(HT_CACHE_RECLAIM);
  const bool memcg = tracker.can_report(HT_CACHE_MEMCG);
  const std::uint64_t page = tracker.page_bytes();
  Json object = {
      {"page_bytes", page},
      {"added", counts.added},
      {"bytes_added", counts.added * page},
      {"added_per_s", per_second(counts.added, duration_ns)},
      {"evicted", counts.evicted},
      {"evicted_per_s", per_second(counts.evicted, duration_ns)},
      {"evicted_by",
       {{"kswapd", system.evictions.kswapd},
        {"direct_reclaim", system.evictions.direct},
        {"memcg_reclaim", known(memcg, system.evictions.memcg)},
        {"proactive", known(reclaim, system.evictions.proactive)},
        {"dropped", system.evictions.dropped},
        {"truncated", system.evictions.truncated},
        {"deleted", system.evictions.deleted}}},
      {"hits", known(uses, counts.hits)},
      {"misses", known(uses, counts.misses)},
      {"hit_ratio", to_json(hit_ratio(uses, counts))},
      {"refetched", counts.refetched},
      {"readahead_unused",
       known(tracker.can_report(HT_CACHE_READAHEAD | HT_CACHE_ACCESSES), counts.read_ahead_unused)},
      {"readahead_unused_bytes", known(tracker.can_report(HT_CACHE_READAHEAD | HT_CACHE_ACCESSES),
                                       counts.read_ahead_unused * page)},
      {"readahead_unused_timed", known(times_readahead(tracker), counts.unused_timed)},
      {"readahead_unused_ns", to_json(unused_ns(tracker, counts))},
      {"dirtied", known(tracker.can_report(HT_CACHE_DIRTIED), counts.dirtied)},
      {"reclaim",
       {{"kswapd", stalls_json(reclaim, system.kswapd, false)},
        {"direct", stalls_json(reclaim, system.direct, true)},
        {"memcg", stalls_json(memcg, system.memcg, true)}}}};
  Json kernel = nullptr;
  if (system.first && system.last)
    kernel = {{"cache_bytes", system.last->file_pages * page},
              {"cache_bytes_before", system.first->file_pages * page},
              {"tmpfs_bytes", system.last->shmem_pages * page},
              {"reclaimed_kswapd", growth(system.first->steal_kswapd, system.last->steal_kswapd)},
              {"reclaimed_direct", growth(system.first->steal_direct, system.last->steal_direct)},
              {"reclaimed_file", growth(system.first->steal_file, system.last->steal_file)},
              {"refaulted", growth(system.first->refault_file, system.last->refault_file)},
              {"huge_mapped", growth(system.first->huge_mapped, system.last->huge_mapped)}};
  object["kernel"] = std::move(kernel);
  return object;
}

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : fmt::format("{} times", format_grouped(count));
}

std::string evictions_text(const Evictions& evictions) {
  std::string text;
  const auto say = [&text](std::uint64_t pages, std::string_view words) {
    if (pages == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", format_grouped(pages), words);
  };
  say(evictions.kswapd, "by kswapd");
  say(evictions.direct, "by direct reclaim");
  say(evictions.memcg, "for a cgroup's limit");
  say(evictions.proactive, "proactively (MADV_PAGEOUT, DAMON)");
  say(evictions.dropped, "dropped on request");
  say(evictions.truncated, "truncated");
  say(evictions.deleted, "with deleted files");
  return text;
}

// Pages that were read ahead and evicted before anybody used them.
void add_readahead(const CacheTracker& tracker, Report& report) {
  const CacheCounts& counts = tracker.system().counts;
  if (counts.read_ahead_unused == 0) return;
  std::string line = fmt::format("{} pages ({}) were read ahead and never used",
                                 format_grouped(counts.read_ahead_unused),
                                 format_bytes(counts.read_ahead_unused * tracker.page_bytes()));
  if (times_readahead(tracker) && counts.unused_timed > 0)
    line += fmt::format(": {} at the device", format_duration(timed_ns(counts)));
  if (const std::uint64_t others = counts.read_ahead_unused - counts.unused_timed;
      times_readahead(tracker) && others > 0)
    line += fmt::format("; the requests of {} of them were not recorded", format_grouped(others));
  report.remarks.push_back(line);
}

void add_remarks(const CacheTracker& tracker, Report& report) {
  const CacheSystem& system = tracker.system();
  const std::uint64_t page = tracker.page_bytes();
  std::string line = fmt::format(
      "{} pages added ({}, {:.0f}/s), {} evicted{}", format_grouped(system.counts.added),
      format_bytes(system.counts.added * page), per_second(system.counts.added, report.duration_ns),
      format_grouped(system.counts.evicted), evictions_text(system.evictions));
  report.remarks.push_back(line);
  add_readahead(tracker, report);
  std::uint64_t unshown = 0;
  for (FileId id = 1; id < tracker.files().size(); id++)
    if (tracker.files()[id].in_use && tracker.files().hides_adds(id))
      unshown += tracker.file(id).counts.evicted;
  if (unshown > 0)
    report.remarks.push_back(fmt::format(
        "{} of the evicted pages were of tmpfs, memfd or shared memory, of which the kernel "
        "reports neither adds nor reads",
        format_grouped(unshown)));
  if (system.first && system.last)
    report.remarks.push_back(fmt::format("page cache of the system: {}, {} before",
                                         format_bytes(system.last->file_pages * page),
                                         format_bytes(system.first->file_pages * page)));
  if (const std::uint64_t huge = system.first && system.last
                                     ? growth(system.first->huge_mapped, system.last->huge_mapped)
                                     : 0;
      huge > 0 && tracker.can_report(HT_CACHE_ACCESSES))
    report.remarks.push_back(
        fmt::format("{} huge pages of files were mapped at once, which the kernel does not "
                    "report: not in hits",
                    format_grouped(huge)));
  if (system.kswapd.count > 0)
    report.remarks.push_back(fmt::format("kswapd ran {}, for {} in all", times(system.kswapd.count),
                                         format_duration(system.kswapd.ns)));
  for (const auto& [stalls, words] : {std::pair(&system.direct, "because memory was short"),
                                      std::pair(&system.memcg, "for a cgroup's limit")})
    if (stalls->count > 0)
      report.remarks.push_back(fmt::format("tasks had to reclaim memory {} {}: {} in all, {} pages",
                                           words, times(stalls->count), format_duration(stalls->ns),
                                           format_grouped(stalls->pages)));
  if (tracker.folded_files() > 0)
    report.remarks.push_back(
        fmt::format("{} files with the least traffic are counted together as others",
                    format_grouped(tracker.folded_files())));
  if (tracker.forgotten_chunks() > 0)
    report.remarks.push_back(
        fmt::format("the state of {} of file contents was discarded: its next use counts as a hit",
                    format_bytes(tracker.forgotten_chunks() * 512 * page)));
}

void add_audit(const CacheTracker& tracker, Report& report) {
  const CacheAudit audit = tracker.audit();
  report.audit = {{"files", audit.files},
                  {"files_equal", audit.files_equal},
                  {"cached_pages", audit.cached_pages},
                  {"kernel_cached_pages", audit.kernel_cached_pages}};
  if (audit.files > 0)
    report.remarks.push_back(fmt::format(
        "audit: cached pages of {} files {}, kernel count {}: {}", format_grouped(audit.files),
        format_grouped(audit.cached_pages), format_grouped(audit.kernel_cached_pages),
        audit.files == audit.files_equal
            ? "equal"
            : fmt::format("{} files differ", format_grouped(audit.files - audit.files_equal))));
  const CacheSystem& system = tracker.system();
  if (!tracker.whole_system() || !system.first || !system.last) return;
  const std::uint64_t reclaimed =
      system.evictions.kswapd + system.evictions.direct + system.evictions.memcg;
  const std::uint64_t kernel = growth(system.first->steal_file, system.last->steal_file);
  report.audit["reclaimed_pages"] = reclaimed;
  report.audit["kernel_reclaimed_pages"] = kernel;
  if (reclaimed > 0 || kernel > 0)
    report.remarks.push_back(
        fmt::format("audit: reclaimed from files {} pages, kernel pgsteal_file {}: {}",
                    format_grouped(reclaimed), format_grouped(kernel),
                    reclaimed == kernel ? "equal" : "DIFFERENT"));
}

}  // namespace

void add_cache_report(const CacheTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report) {
  add_cache_files(tracker, options, report);
  add_cache_tasks(tracker, tasks, options, report);
  if (options.json) report.body.emplace_back("system", system_json(tracker, report.duration_ns));
  const CacheSystem& system = tracker.system();
  if (options.text && system.counts.is_nothing())
    report.remarks.emplace_back("the target used no page of the page cache in this time");
  else
    add_remarks(tracker, report);
  add_audit(tracker, report);
}

Result<void> check_cache_view(const ViewOptions& options) {
  if (options.sort.empty() || has_cache_file_column(options.sort) ||
      has_cache_task_column(options.sort))
    return {};
  return usage(fmt::format(
      "no column {} to sort by; there are: added, evicted, hits, misses, hit_ratio, refetched, "
      "readahead_unused, dirtied, cached, path, comm, direct_reclaim_ns and more (see --format "
      "csv)",
      options.sort));
}

}  // namespace hoodtrace
