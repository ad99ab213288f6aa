// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cache/tracker.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

void merge(TaskCache& into, const TaskCache& from) {
  into.counts.merge(from.counts);
  into.direct.merge(from.direct);
  into.memcg.merge(from.memcg);
}

}  // namespace

CacheTracker::OfTask& CacheTracker::of(TaskId task) {
  if (by_task_.size() <= task) by_task_.resize(task + 1);
  return by_task_[task];
}

const TaskCache& CacheTracker::task(TaskId id) const {
  static const TaskCache kNothing;
  return id < by_task_.size() ? by_task_[id].cache : kNothing;
}

FileCache& CacheTracker::file_of(const ht_file_key& key, FileId& id) {
  id = files_.at(key);
  if (by_file_.size() <= id) by_file_.resize(id + 1);
  if (files_.in_use() > most_files_) make_room(id);
  return by_file_[id];
}

// The half of the files with the least traffic becomes "other".
void CacheTracker::make_room(FileId keep) {
  std::vector<FileId> ids;
  for (FileId id = 1; id < files_.size(); id++)
    if (files_[id].in_use && id != keep) ids.push_back(id);
  const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  std::nth_element(ids.begin(), middle, ids.end(), [this](FileId a, FileId b) {
    const std::uint64_t x = a < by_file_.size() ? by_file_[a].traffic : 0;
    const std::uint64_t y = b < by_file_.size() ? by_file_[b].traffic : 0;
    return x != y ? x < y : a < b;
  });
  std::vector<bool> gone(files_.size());
  FileCache& other = by_file_[kOtherFiles];
  for (auto it = ids.begin(); it != middle; ++it) {
    gone[*it] = true;
    if (*it >= by_file_.size()) continue;
    for (const TaskId reader : std::vector<TaskId>(by_file_[*it].readers)) settle_read(reader);
    FileCache& file = by_file_[*it];
    other.counts.merge(file.counts);
    other.evictions.merge(file.evictions);
    other.added_by_others += file.added_by_others;
    if (!file.counts.is_nothing()) folded_files_++;
    file = {};
  }
  for (OfTask& task : by_task_) {
    const auto forget = [&gone](FileId& id) {
      if (gone[id]) id = kOtherFiles;
    };
    forget(task.doing.fault_file);
    forget(task.doing.ahead_file);
  }
  states_.forget(gone);
  costs_.forget(gone);
  files_.forget(gone);
}

void CacheTracker::on(const ht_cache_scope& scope) {
  scope_ = scope.flags;
  page_bytes_ = scope.page_bytes;
}

void CacheTracker::on(const ht_cache_books& counters) {
  if (!system_.first) system_.first = counters;
  system_.last = counters;
}

void CacheTracker::on(const ht_file& record) {
  FileId id = kOtherFiles;
  file_of(record.file, id);
  files_.on(record);
}

void CacheTracker::compare(FileCache& file, FileId id, std::uint64_t kernel_cached) {
  if (files_.hides_adds(id)) return;
  if (!file.is_based) {
    file.is_based = true;
    file.cached = kernel_cached;
    return;
  }
  file.is_compared = true;
  file.compared = file.cached;
  file.kernel_cached = kernel_cached;
}

void CacheTracker::on(const ht_pages& record) {
  if (record.pages == 0) return;
  FileId id = kOtherFiles;
  FileCache& file = file_of(record.file, id);
  const TaskId task = tasks_.at(record.head.tid);
  if (record.flags & HT_PAGES_TRACED) file.touched = true;
  // hoodtrace itself is not traced, and evicts others' pages in a whole system all the same.
  if (!file.touched && !whole_) return;
  file.touched = true;
  file.traffic += record.pages;
  switch (record.kind) {
    case HT_PAGES_ADDED:
      add(record, id, file, task);
      break;
    case HT_PAGES_EVICTED:
      evict(record, id, file, task);
      break;
    case HT_PAGES_DIRTIED:
      dirty(record, id, file, task);
      break;
    default:
      break;
  }
}

void CacheTracker::add(const ht_pages& record, FileId id, FileCache& file, TaskId task) {
  file.cached += record.pages;
  compare(file, id, record.cached);
  Doing& doing = of(task).doing;
  const std::uint64_t last = record.index + record.pages - 1;
  // The folio that a fault waits for may be mapped as a whole.
  const bool awaited = doing.fault_missed && doing.fault_file == id &&
                       doing.fault_page >= record.index && doing.fault_page <= last;
  if (awaited) doing.fault_missed = false;
  std::uint64_t refetched = 0;
  std::uint64_t ahead = 0;
  states_.each(id, record.index, last, [&](std::uint64_t page, PageState before) {
    if (before == PageState::kEvicted) refetched++;
    if (awaited) return page == doing.fault_page ? PageState::kMapped : PageState::kPerhaps;
    if (doing.ahead_file != id || page < doing.ahead_first || page > doing.ahead_last)
      return PageState::kFresh;
    ahead++;
    return PageState::kReadAhead;
  });
  if (!(record.flags & HT_PAGES_TRACED)) {
    file.added_by_others += record.pages;
    return;
  }
  for (CacheCounts* counts : {&file.counts, &of(task).cache.counts, &system_.counts}) {
    counts->added += record.pages;
    counts->refetched += refetched;
    counts->read_ahead += ahead;
  }
}

std::uint64_t& CacheTracker::eviction_count(const ht_pages& record, TaskId task,
                                            Evictions& evictions) {
  if (record.flags & HT_PAGES_KSWAPD) return evictions.kswapd;
  if (record.flags & HT_PAGES_RECLAIM) {
    // MADV_PAGEOUT and DAMON reclaim by the same functions as a task that wants memory. Only the
    // reclaim tracepoints distinguish them: MADV_PAGEOUT and DAMON pass none.
    const Doing& doing = of(task).doing;
    if (!doing.reclaims)
      return can_report(HT_CACHE_RECLAIM) ? evictions.proactive : evictions.direct;
    return doing.reclaim_kind == HT_RECLAIM_MEMCG ? evictions.memcg : evictions.direct;
  }
  if (record.flags & HT_PAGES_DELETED) return evictions.deleted;
  return record.flags & HT_PAGES_TRUNCATED ? evictions.truncated : evictions.dropped;
}

void CacheTracker::evict(const ht_pages& record, FileId id, FileCache& file, TaskId task) {
  if (!file.is_based) compare(file, id, record.cached);
  file.cached -= std::min<std::uint64_t>(file.cached, record.pages);
  // What was truncated or deleted is not missed: coming back it is another page.
  const bool is_gone = (record.flags & (HT_PAGES_DELETED | HT_PAGES_TRUNCATED)) != 0;
  std::uint64_t unused = 0;
  std::uint64_t timed = 0;
  double unused_ns = 0;
  states_.each(id, record.index, record.index + record.pages - 1,
               [&](std::uint64_t page, PageState before) {
                 std::optional<double> cost_ns;
                 if (has_requests_) cost_ns = costs_.take(id, page * page_bytes_, page_bytes_);
                 if (before == PageState::kFresh || before == PageState::kReadAhead ||
                     before == PageState::kPerhaps) {
                   const TaskId reader = reader_of(file, page);
                   if (reader != kNoTask) {
                     count_use(reader, id, false);
                   } else if (before == PageState::kReadAhead) {
                     unused++;
                     timed += cost_ns ? 1 : 0;
                     unused_ns += cost_ns.value_or(0);
                   }
                 }
                 return is_gone ? PageState::kUnknown : PageState::kEvicted;
               });
  if (record.flags & HT_PAGES_DELETED) files_.set_deleted(id);
  for (CacheCounts* counts : {&file.counts, &system_.counts}) {
    counts->evicted += record.pages;
    counts->read_ahead_unused += unused;
    counts->unused_timed += timed;
    counts->unused_ns += unused_ns;
  }
  of(task).cache.counts.evicted += record.pages;
  eviction_count(record, task, file.evictions) += record.pages;
  eviction_count(record, task, system_.evictions) += record.pages;
}

void CacheTracker::dirty(const ht_pages& record, FileId id, FileCache& file, TaskId task) {
  states_.each(id, record.index, record.index + record.pages - 1,
               [](std::uint64_t, PageState before) {
                 return before == PageState::kMapped ? before : PageState::kUsed;
               });
  if (!(record.flags & HT_PAGES_TRACED)) return;
  for (CacheCounts* counts : {&file.counts, &of(task).cache.counts, &system_.counts})
    counts->dirtied += record.pages;
}

void CacheTracker::on(const ht_reclaim& record) {
  const TaskId task = tasks_.at(record.head.tid);
  if (task == kNoTask || record.kind > HT_RECLAIM_MEMCG) return;
  OfTask& reclaimer = of(task);
  Doing& doing = reclaimer.doing;
  if (!record.end) {
    doing.reclaims = true;
    doing.reclaim_kind = record.kind;
    doing.reclaim_ns = record.head.time_ns;
    return;
  }
  const bool whole = doing.reclaims && doing.reclaim_kind == record.kind;
  doing.reclaims = false;
  const ReclaimStalls stall{1, whole ? record.head.time_ns - doing.reclaim_ns : 0, record.pages};
  switch (record.kind) {
    case HT_RECLAIM_KSWAPD:
      system_.kswapd.merge(stall);
      break;
    case HT_RECLAIM_DIRECT:
      system_.direct.merge(stall);
      reclaimer.cache.direct.merge(stall);
      break;
    default:
      system_.memcg.merge(stall);
      reclaimer.cache.memcg.merge(stall);
      break;
  }
}

void CacheTracker::on(const ht_task_end& record) {
  const TaskId task = tasks_.find(record.task.head.tid);
  if (task < by_task_.size()) settle(task);
}

void CacheTracker::on(const ht_lost& lost) {
  if (!may_miss(lost, HT_PAGES) && !may_miss(lost, HT_ACCESS) && !may_miss(lost, HT_RECLAIM))
    return;
  states_.forget_all();
  costs_.forget_all();
  for (FileCache& file : by_file_) {
    file.is_based = file.is_compared = false;
    file.readers.clear();
  }
  for (OfTask& task : by_task_) task.doing = {};
}

void CacheTracker::settle() {
  for (TaskId task = 1; task < by_task_.size(); task++) settle(task);
}

void CacheTracker::begin_interval() {
  for (FileCache& file : by_file_) {
    file.counts = {};
    file.evictions = {};
    file.added_by_others = 0;
    // Traffic long ago counts less.
    file.traffic /= 2;
  }
  for (OfTask& task : by_task_) task.cache = {};
  ended_ = {};
  ended_count_ = 0;
  folded_files_ = 0;
  const std::optional<ht_cache_books> counters = system_.last;
  system_ = {};
  system_.first = system_.last = counters;
}

void CacheTracker::fold(TaskId task) {
  if (task >= by_task_.size()) return;
  settle(task);
  merge(ended_, by_task_[task].cache);
  if (!by_task_[task].cache.counts.is_nothing()) ended_count_++;
  by_task_[task] = {};
}

CacheAudit CacheTracker::audit() const {
  CacheAudit audit;
  for (const FileCache& file : by_file_) {
    if (!file.is_compared) continue;
    audit.files++;
    if (file.compared == file.kernel_cached) audit.files_equal++;
    audit.cached_pages += file.compared;
    audit.kernel_cached_pages += file.kernel_cached;
  }
  return audit;
}

}  // namespace hoodtrace
