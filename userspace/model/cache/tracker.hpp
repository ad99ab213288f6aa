// SPDX-License-Identifier: GPL-2.0-or-later
// The page cache by file and by task, from the stream of adds, evictions and uses.
//
// Uses. The kernel reports a read(2) in steps, each with the rest of the request. The pages that
// are cached count as used at once, those between two steps too, and the rest of the last step when
// the task does something else. A fault that maps pages reports a range; the pages that could be
// mapped count, except the page that the fault before it added. Later uses of a mapped page are not
// reported, nor are pages that the kernel maps beyond that range (huge pages; from 6.18 on whole
// folios). So hits through mappings are a lower bound.
//
// The page's state (PageStates) decides whether a use is a miss, so hits + misses = uses, whichever
// task adds the pages and when. After a loss the state of every page is unknown.
//
// Where block requests are recorded too, pages that were read ahead and never used have the time that
// they took at the device (ReadCosts).
//
// When there are more than kMostFiles files, those with the least traffic become "other" and lose
// the states of their pages.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "event/event.hpp"
#include "model/cache/page_states.hpp"
#include "model/cache/read_costs.hpp"
#include "model/cache/stats.hpp"
#include "model/names/file_table.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct FileCache {
  CacheCounts counts;
  Evictions evictions;
  std::uint64_t added_by_others = 0;  // by tasks that are not in the target; not in counts
  bool touched = false;               // by the target
  // Cached pages: ours is adds minus evictions on top of the kernel's count at the first record.
  bool is_based = false;
  bool is_compared = false;  // with a later count of the kernel
  std::uint64_t cached = 0;
  std::uint64_t compared = 0;  // ours and the kernel's at the last comparison
  std::uint64_t kernel_cached = 0;
  std::uint64_t traffic = 0;    // over all intervals, for who is forgotten
  std::vector<TaskId> readers;  // with a read of this file that is not settled
};

struct TaskCache {
  CacheCounts counts;  // evicted: while it was current
  ReclaimStalls direct;
  ReclaimStalls memcg;
};

struct CacheSystem {
  CacheCounts counts;
  Evictions evictions;
  ReclaimStalls kswapd;  // its runs; the number of pages is not reported
  ReclaimStalls direct;
  ReclaimStalls memcg;
  std::optional<ht_cache_books> first;
  std::optional<ht_cache_books> last;
};

// Our count and the kernel's count of each file's cached pages (address_space.nrpages).
struct CacheAudit {
  std::uint64_t files = 0;
  std::uint64_t files_equal = 0;
  std::uint64_t cached_pages = 0;
  std::uint64_t kernel_cached_pages = 0;
};

class CacheTracker {
 public:
  static constexpr std::size_t kMostFiles = 8192;

  explicit CacheTracker(TaskTable& tasks, std::size_t most_files = kMostFiles)
      : tasks_(tasks), most_files_(most_files) {
    by_file_.resize(1);
  }

  void on(const ht_session& session) { whole_ = (session.flags & HT_SESSION_WHOLE) != 0; }
  void on(const ht_cache_scope& scope);
  void on(const ht_cache_books& counters);
  void on(const ht_mount& mount) { files_.on(mount); }
  void on(const ht_device& device) { files_.on(device); }
  void on(const ht_file& file);
  void on(const ht_pages& pages);
  void on(const ht_access& access);
  void on(const ht_reclaim& reclaim);
  void on(const ht_disk_scope&) { has_requests_ = true; }
  void on(const ht_disk_part& part) { costs_.on(part); }
  void on(const ht_disk& request) { costs_.on(request, files_); }
  void on(const ht_task_end& end);
  void on(const ht_lost& lost);

  // Counts the rest of each read that was begun: for a report.
  void settle();
  void begin_interval();
  // Adds what is known of a task to ended_others() before the TaskTable forgets it.
  void fold(TaskId task);

  [[nodiscard]] const FileTable& files() const { return files_; }
  // kOtherFiles: those that had to be forgotten.
  [[nodiscard]] const FileCache& file(FileId id) const { return by_file_[id]; }
  // In this interval.
  [[nodiscard]] std::uint64_t folded_files() const { return folded_files_; }
  [[nodiscard]] const TaskCache& task(TaskId id) const;
  [[nodiscard]] const TaskCache& ended_others() const { return ended_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return ended_count_; }
  [[nodiscard]] const CacheSystem& system() const { return system_; }
  [[nodiscard]] CacheAudit audit() const;
  [[nodiscard]] bool can_report(std::uint32_t scope) const { return (scope_ & scope) == scope; }
  // Were block requests recorded, so that pages have a time at the device?
  [[nodiscard]] bool has_requests() const { return has_requests_; }
  [[nodiscard]] std::uint32_t page_bytes() const { return page_bytes_; }
  [[nodiscard]] bool whole_system() const { return whole_; }
  // Pages whose state was dropped to bound memory; their next use counts as a hit.
  [[nodiscard]] std::uint64_t forgotten_chunks() const { return states_.forgotten(); }

 private:
  // The unfinished read or reclaim of a task.
  struct Doing {
    FileId read_file = kOtherFiles;  // a read
    std::uint64_t read_first = 0;    // its last step begins here
    std::uint64_t read_next = 0;     // not counted yet: from here on
    std::uint64_t read_last = 0;     // as asked for
    std::uint64_t size_pages = 0;
    FileId fault_file = kOtherFiles;  // the last page that it faulted on
    std::uint64_t fault_page = 0;
    bool fault_missed = false;         // it was not there, and is still to be added
    bool fault_retries = false;        // it may be reported again
    FileId mapped_file = kOtherFiles;  // a fault whose range had nothing but mapped pages
    std::uint64_t mapped_first = 0;
    std::uint64_t mapped_last = 0;
    std::uint64_t mapped_present = 0;  // bits, from mapped_first on
    FileId ahead_file = kOtherFiles;   // being read ahead
    std::uint64_t ahead_first = 0;
    std::uint64_t ahead_last = 0;
    bool reclaims = false;
    std::uint8_t reclaim_kind = 0;
    std::uint64_t reclaim_ns = 0;
  };
  struct OfTask {
    TaskCache cache;
    Doing doing;
  };

  OfTask& of(TaskId task);
  FileCache& file_of(const ht_file_key& key, FileId& id);
  void make_room(FileId keep);
  void compare(FileCache& file, FileId id, std::uint64_t kernel_cached);

  void add(const ht_pages& record, FileId id, FileCache& file, TaskId task);
  void evict(const ht_pages& record, FileId id, FileCache& file, TaskId task);
  void dirty(const ht_pages& record, FileId id, FileCache& file, TaskId task);
  std::uint64_t& eviction_count(const ht_pages& record, TaskId task, Evictions& evictions);

  // uses.cpp
  void read(const ht_access& record, FileId id, TaskId task);
  void fault(const ht_access& record, FileId id, TaskId task);
  void map(const ht_access& record, FileId id, TaskId task);
  void map_rest(FileId id, const ht_access& record);
  void use_at_hand(TaskId task);
  void settle_read(TaskId task);
  void settle_map(TaskId task);
  // Counts what later records might have explained otherwise.
  void settle(TaskId task);
  void use(TaskId task, FileId id, std::uint64_t first, std::uint64_t last);
  PageState use_page(TaskId task, FileId id, PageState state);
  TaskId reader_of(const FileCache& file, std::uint64_t page);
  void count_use(TaskId task, FileId id, bool hit);

  TaskTable& tasks_;
  std::size_t most_files_;
  FileTable files_;
  PageStates states_;
  ReadCosts costs_;
  std::vector<FileCache> by_file_;
  std::vector<OfTask> by_task_;
  TaskCache ended_;
  std::uint64_t ended_count_ = 0;
  std::uint64_t folded_files_ = 0;
  CacheSystem system_;
  std::uint32_t scope_ = 0;
  std::uint32_t page_bytes_ = 4096;
  bool whole_ = false;
  bool has_requests_ = false;
};

}  // namespace hoodtrace
