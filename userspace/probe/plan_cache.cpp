// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <string_view>

#include "events.h"
#include "probe/plan.hpp"

namespace hoodtrace {
namespace {

std::uint32_t cache_scope(const Features& features) {
  std::uint32_t scope = 0;
  if (features.has("mm_filemap_get_pages") && features.has("mm_filemap_fault") &&
      features.has("mm_filemap_map_pages"))
    scope |= HT_CACHE_ACCESSES;
  if (features.has("page_cache_ra_unbounded")) scope |= HT_CACHE_READAHEAD;
  if (features.has("writeback_dirty_folio")) scope |= HT_CACHE_DIRTIED;
  if (features.has("mm_vmscan_kswapd_wake") && features.has("mm_vmscan_direct_reclaim_begin"))
    scope |= HT_CACHE_RECLAIM;
  if (features.has("mm_vmscan_memcg_reclaim_begin")) scope |= HT_CACHE_MEMCG;
  return scope;
}

// What of the page cache is seen, and what cannot be.
std::string cache_how(std::uint32_t scope) {
  std::string seen = "page cache: pages added and evicted";
  std::string unseen;
  const auto say = [&](std::uint32_t flag, std::string_view text, std::string_view hooks) {
    if (scope & flag)
      seen += fmt::format(", {}", text);
    else
      unseen += fmt::format("{}{} (no {})", unseen.empty() ? "" : ", ", text, hooks);
  };
  say(HT_CACHE_ACCESSES, "hits and misses", "mm_filemap_get_pages, fault and map_pages");
  say(HT_CACHE_READAHEAD, "readahead", "page_cache_ra_unbounded");
  say(HT_CACHE_DIRTIED, "pages written to", "writeback_dirty_folio");
  say(HT_CACHE_RECLAIM, "reclaim", "mm_vmscan tracepoints");
  seen += " (tp_btf)";
  if (!unseen.empty()) seen += "; not measurable on this kernel: " + unseen;
  return seen;
}

}  // namespace

Result<std::string> plan_cache(const TraceRequest&, const Features& features, Plan& plan) {
  if (!features.folio)
    return unsupported(fmt::format(
        "this kernel ({}) has no folios, by which hoodtrace follows the page cache (5.16 and later "
        "have them)",
        features.kernel_release));
  plan.cache_scope = cache_scope(features);
  plan.maps.push_back({"named_files", HT_NAMED_SETS});
  plan.maps.push_back({"named_inodes", HT_NAMED_SETS});
  plan.maps_of_target.push_back({"touched_files", HT_TOUCHED_BITS / 64});
  return cache_how(plan.cache_scope);
}

}  // namespace hoodtrace
