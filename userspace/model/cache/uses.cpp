// SPDX-License-Identifier: GPL-2.0-or-later
// The uses of cached pages: which were hits and which were misses.

#include <algorithm>
#include <utility>

#include "model/cache/tracker.hpp"

namespace hoodtrace {
namespace {

// The page is cached, whatever records say.
PageState seen_cached(PageState state) {
  return state == PageState::kEvicted ? PageState::kUnknown : state;
}

// What was used through a mapping.
PageState mapped(PageState state) { return state == PageState::kUsed ? PageState::kMapped : state; }

}  // namespace

void CacheTracker::on(const ht_access& record) {
  FileId id = kOtherFiles;
  FileCache& file = file_of(record.file, id);
  const TaskId task = tasks_.at(record.head.tid);
  file.touched = true;
  compare(file, id, record.cached);
  switch (record.kind) {
    case HT_ACCESS_READ:
      read(record, id, task);
      break;
    case HT_ACCESS_FAULT:
      fault(record, id, task);
      break;
    case HT_ACCESS_MAP:
      map(record, id, task);
      break;
    case HT_ACCESS_READAHEAD: {
      Doing& doing = of(task).doing;
      doing.ahead_file = id;
      doing.ahead_first = record.first;
      doing.ahead_last = record.last;
      break;
    }
    default:
      break;
  }
}

void CacheTracker::count_use(TaskId task, FileId id, bool hit) {
  by_file_[id].traffic++;
  for (CacheCounts* counts : {&by_file_[id].counts, &of(task).cache.counts, &system_.counts})
    (hit ? counts->hits : counts->misses)++;
}

PageState CacheTracker::use_page(TaskId task, FileId id, PageState state) {
  switch (state) {
    case PageState::kFresh:
    case PageState::kReadAhead:
    case PageState::kPerhaps:
      count_use(task, id, false);
      return PageState::kUsed;
    case PageState::kUnknown:  // no add was recorded: it was cached before tracing
    case PageState::kUsed:
      count_use(task, id, true);
      return PageState::kUsed;
    case PageState::kMapped:
      count_use(task, id, true);
      return PageState::kMapped;
    case PageState::kEvicted:
      break;
  }
  return state;
}

void CacheTracker::use(TaskId task, FileId id, std::uint64_t first, std::uint64_t last) {
  states_.each(id, first, last,
               [&](std::uint64_t, PageState state) { return use_page(task, id, state); });
}

// The task whose unsettled read covers the page; kNoTask when there is none.
TaskId CacheTracker::reader_of(const FileCache& file, std::uint64_t page) {
  for (const TaskId reader : file.readers) {
    const Doing& doing = of(reader).doing;
    if (page >= doing.read_next && page <= doing.read_last) return reader;
  }
  return kNoTask;
}

// The rest of the read was used, up to the end of the file.
void CacheTracker::settle_read(TaskId task) {
  Doing& doing = of(task).doing;
  const FileId id = doing.read_file;
  if (id == kOtherFiles) return;
  doing.read_file = kOtherFiles;
  std::erase(by_file_[id].readers, task);
  if (doing.size_pages > doing.read_next)
    use(task, id, doing.read_next, std::min(doing.read_last, doing.size_pages - 1));
}

void CacheTracker::settle_map(TaskId task) {
  Doing& doing = of(task).doing;
  const FileId id = std::exchange(doing.mapped_file, kOtherFiles);
  if (id == kOtherFiles) return;
  states_.each(id, doing.mapped_first, doing.mapped_last, [&](std::uint64_t page, PageState state) {
    const bool is_present = (doing.mapped_present >> (page - doing.mapped_first) & 1) != 0;
    return is_present ? use_page(task, id, state) : state;
  });
}

void CacheTracker::settle(TaskId task) {
  settle_read(task);
  settle_map(task);
}

// A step comes with the folios that are cached in a row, fifteen of them at least
// (filemap_get_read_batch, mm/filemap.c): counted now, so that the first of two readers is the
// first. Of pages without a recorded add, only the first of the step is known to be cached.
void CacheTracker::use_at_hand(TaskId task) {
  constexpr std::uint64_t kBatch = 15;
  Doing& doing = of(task).doing;
  if (doing.read_next > doing.read_last || doing.read_next >= doing.size_pages) return;
  const std::uint64_t last =
      std::min({doing.read_last, doing.size_pages - 1, doing.read_first + kBatch - 1});
  if (last < doing.read_next) return;
  bool in_a_row = true;
  states_.each(doing.read_file, doing.read_next, last, [&](std::uint64_t page, PageState state) {
    in_a_row = in_a_row && state != PageState::kEvicted &&
               (state != PageState::kUnknown || page == doing.read_first);
    if (!in_a_row) return state;
    doing.read_next = page + 1;
    return use_page(task, doing.read_file, state);
  });
}

// One case is not reported: a read begins with cached pages and the next page is still being read.
// filemap_get_pages() (mm/filemap.c) waits for that page and returns with the others before its
// tracepoint. Later in a read the first page of the next step shows that they were used.
void CacheTracker::read(const ht_access& record, FileId id, TaskId task) {
  Doing& doing = of(task).doing;
  const bool goes_on =
      doing.read_file == id && doing.read_last == record.last && record.first > doing.read_first;
  settle_map(task);
  if (goes_on) {
    if (record.first > doing.read_next) use(task, id, doing.read_next, record.first - 1);
    doing.read_next = std::max<std::uint64_t>(doing.read_next, record.first);
  } else {
    settle_read(task);
    doing.read_file = id;
    doing.read_next = record.first;
    doing.read_last = record.last;
    by_file_[id].readers.push_back(task);
  }
  doing.read_first = record.first;
  doing.size_pages = record.size_pages;
  use_at_hand(task);
}

void CacheTracker::fault(const ht_access& record, FileId id, TaskId task) {
  settle_read(task);
  Doing& doing = of(task).doing;
  // It was not solved by what is mapped around: that is no use.
  if (doing.mapped_file == id && record.first >= doing.mapped_first &&
      record.first <= doing.mapped_last)
    doing.mapped_file = kOtherFiles;
  settle_map(task);
  // A fault that has to wait is tried again once the page is there: that is no second use.
  const bool again =
      doing.fault_retries && doing.fault_file == id && doing.fault_page == record.first;
  doing.fault_file = id;
  doing.fault_page = record.first;
  doing.fault_retries = !again && (record.present & 2) == 0;
  map_rest(id, record);
  if (again) return;
  const bool is_cached = (record.present & 1) != 0;
  doing.fault_missed = (record.flags & HT_ACCESS_PRESENT) != 0 && !is_cached;
  states_.each(id, record.first, record.first, [&](std::uint64_t, PageState state) {
    if (!doing.fault_missed) return mapped(use_page(task, id, seen_cached(state)));
    count_use(task, id, false);
    return state;
  });
}

// The kernel may map a whole folio when a fault needs a part of it, and does not report it. So
// pages without a reported use may have been used.
void CacheTracker::map_rest(FileId id, const ht_access& record) {
  static constexpr std::uint8_t kMostOrder = 9;  // of what is mapped piece by piece
  const auto span = [](std::uint8_t order) {
    return (std::uint64_t{1} << std::min(order, kMostOrder)) - 1;
  };
  if (record.first_order == 0 && record.last_order == 0) return;
  const std::uint64_t last = std::min(record.last, record.first + 63);
  states_.each(id, record.first & ~span(record.first_order), last | span(record.last_order),
               [](std::uint64_t, PageState state) {
                 return state == PageState::kFresh || state == PageState::kReadAhead
                            ? PageState::kPerhaps
                            : state;
               });
}

// The kernel reports the range around a fault each time, whatever is mapped in it already, and before it
// is known whether that solves the fault. So a page counts when it is mapped first. Where all are mapped,
// the range was unmapped meanwhile, or another address space has it: they count again, unless the fault
// is reported next, for a page that is not cached.
void CacheTracker::map(const ht_access& record, FileId id, TaskId task) {
  settle(task);
  Doing& doing = of(task).doing;
  if (record.size_pages <= record.first) return;
  const std::uint64_t last = std::min({record.last, record.first + 63, record.size_pages - 1});
  bool is_new = false;
  states_.each(id, record.first, last, [&](std::uint64_t page, PageState state) {
    if ((record.present >> (page - record.first) & 1) == 0) return state;
    if (doing.fault_file == id && doing.fault_page == page) {
      doing.fault_file = kOtherFiles;
      is_new = true;
      return mapped(state);
    }
    if (state == PageState::kMapped) return state;
    is_new = true;
    return mapped(use_page(task, id, seen_cached(state)));
  });
  if (!is_new && record.present != 0) {
    doing.mapped_file = id;
    doing.mapped_first = record.first;
    doing.mapped_last = last;
    doing.mapped_present = record.present;
  }
  map_rest(id, record);
}

}  // namespace hoodtrace
