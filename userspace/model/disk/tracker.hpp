// SPDX-License-Identifier: GPL-2.0-or-later
// Block requests by device, file, task and kind, and who slept for them.
//
// Reads and direct writes are the submitter's. What a kernel thread writes of a file is divided among
// those who dirtied its pages (DirtyPages); what nobody was seen to dirty stays the kernel thread's.
//
// A sleep that the end of a request ended counts for the files of that request. The record of the
// sleep comes before the record of the request, or right after it (kernels without block_io_done).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/disk/device.hpp"
#include "model/disk/dirty_pages.hpp"
#include "model/disk/loop_files.hpp"
#include "model/disk/stats.hpp"
#include "model/disk/task_books.hpp"
#include "model/names/file_table.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct DiskFile {
  DiskCounts counts;
  std::uint64_t waited_ns = 0;
  std::uint64_t waits = 0;
  std::uint32_t dev = 0;  // of the last request
};

struct DiskTask {
  DiskCounts counts;
  DiskWaits waits;
  DiskSyncs syncs;
  std::uint64_t latency_ns = 0;     // of its requests, from their begin to their end
  std::uint64_t dirtied_bytes = 0;  // pages
  TaskBooks books;                  // for the audit
};

// What a partition got of its disk's requests.
struct DiskPartition {
  std::uint32_t disk = 0;
  DiskDevice requests;
};

// A request whose latency is at least the threshold.
struct LongRequest {
  ht_disk request{};
  FileId file = kOtherFiles;
  TaskId task = kNoTask;
  TaskId sleeper = kNoTask;  // who slept longest for it
  std::uint64_t slept_ns = 0;
};

// What the target's tasks caused, ours and the kernel's.
struct DiskTaskAudit {
  std::uint64_t tasks = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t kernel_read_bytes = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t kernel_write_bytes = 0;
};

class DiskTracker {
 public:
  static constexpr std::size_t kMostFiles = 32768;

  struct Settings {
    std::uint64_t threshold_ns = 0;  // 0 = long requests are not listed
    std::size_t most_files = kMostFiles;
  };

  DiskTracker(TaskTable& tasks, const Settings& settings) : tasks_(tasks), settings_(settings) {
    by_file_.resize(1);
  }

  void on(const ht_session& session) { whole_ = (session.flags & HT_SESSION_WHOLE) != 0; }
  void on(const ht_disk_scope& scope);
  void on(const ht_disk_device& books);
  void on(const ht_disk_books& books);
  void on(const ht_mount& mount) { files_.on(mount); }
  void on(const ht_device& device) { files_.on(device); }
  void on(const ht_file& file);
  void on(const ht_task_new& born);
  void on(const ht_pages& pages);
  void on(const ht_disk_part& part);
  void on(const ht_disk& request);
  void on(const ht_disk_wait& wait);
  void on(const ht_disk_sync& sync);
  void on(const ht_disk_backing& backing) { loops_.on(backing); }
  void on(const ht_lost& lost);
  void on(const ht_tick& tick);

  void begin_interval(std::uint64_t now_ns);
  // Adds what is known of a task to ended_others() before the TaskTable forgets it.
  void fold(TaskId task);
  // Requests over the threshold since the last call.
  std::vector<LongRequest> take_long_requests();

  [[nodiscard]] const TaskTable& tasks() const { return tasks_; }
  [[nodiscard]] const FileTable& files() const { return files_; }
  [[nodiscard]] const std::map<std::uint32_t, DiskDevice>& devices() const { return devices_; }
  [[nodiscard]] const std::map<std::uint32_t, DiskPartition>& partitions() const {
    return partitions_;
  }
  // "vda"; "254:0" when its name is not known.
  [[nodiscard]] std::string device_name(std::uint32_t dev) const;
  // "dm-0 (cryptroot)": with what is behind it, where that is known.
  [[nodiscard]] std::string device_text(std::uint32_t dev) const;
  // kOtherFiles: the sum of those that had to be forgotten.
  [[nodiscard]] const DiskFile& file(FileId id) const;
  [[nodiscard]] std::uint64_t forgotten_files() const { return forgotten_files_; }
  [[nodiscard]] const DiskTask& task(TaskId id) const;
  [[nodiscard]] const DiskTask& ended_others() const { return ended_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return ended_count_; }
  [[nodiscard]] bool can_report(std::uint32_t scope) const { return (scope_ & scope) == scope; }
  [[nodiscard]] bool whole_system() const { return whole_; }
  [[nodiscard]] DiskTaskAudit audit() const;
  // Records were lost without which no sum can equal the kernel's.
  [[nodiscard]] bool has_losses() const { return has_losses_; }
  // Requests that were not done when tracing ended.
  [[nodiscard]] std::uint64_t open_requests() const { return open_; }

 private:
  // A part of a request that is for one file.
  struct Piece {
    FileId file = kOtherFiles;
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0;
  };
  // A sleep that a request ended.
  struct Sleep {
    TaskId task = kNoTask;
    std::uint64_t ns = 0;
    bool is_sync = false;
  };
  // What is known of a request that is done, for sleeps whose record comes later.
  struct Done {
    FileId file = kOtherFiles;
    DiskOp op = DiskOp::kOther;
    std::uint32_t dev = 0;
    std::uint64_t upper = 0;  // the request above that it was a part of
  };
  // A read of a loop device's file by a kernel thread, until a request of the device turns out to have
  // wanted it.
  struct HeldRead {
    ht_disk request{};
    TaskId submitter = kNoTask;
    std::uint32_t loop = 0;
    std::vector<Piece> pieces;
  };
  // A sleep inside fsync, until the call ends.
  struct SyncSleep {
    std::uint64_t ns = 0;
    std::uint64_t serial = 0;
    bool by_request = false;
    bool by_kthread = false;
  };

  static constexpr std::size_t kMostDone = 4096;
  static constexpr std::size_t kMostSleeps = 65536;
  static constexpr std::size_t kMostHeld = 1024;

  DiskTask& of(TaskId task);
  DiskFile& of_file(FileId id);
  FileId file_of(const ht_file_key& key, std::uint8_t kind, std::uint32_t dev);
  void share(const ht_disk& request, TaskId submitter, const std::vector<Piece>& pieces);
  void claim_below(const ht_disk& request);
  bool is_below_loop(const ht_disk& request, TaskId submitter, std::vector<Piece>& pieces);
  void settle_held(std::uint64_t until_ns);
  void make_room();
  void give_sleep(std::uint64_t serial, const Sleep& sleep);
  void add_sleeps(const ht_disk& request, FileId file, LongRequest& is_long);
  void count_sleep(const Sleep& sleep, const Done& done);
  const Done* find_done(std::uint64_t serial) const;

  TaskTable& tasks_;
  Settings settings_;
  FileTable files_;
  DirtyPages dirty_;
  LoopFiles loops_;
  DirtyPages below_;            // of files: what loop devices have written to them, by loop device
  std::vector<HeldRead> held_;  // in the order of time
  std::map<std::uint32_t, DiskDevice> devices_;
  std::map<std::uint32_t, DiskPartition> partitions_;
  std::vector<DiskFile> by_file_;
  std::vector<DiskTask> by_task_;
  DiskTask ended_;
  std::uint64_t ended_count_ = 0;
  std::unordered_map<std::uint64_t, std::vector<Piece>> parts_;   // by serial
  std::unordered_map<std::uint64_t, std::vector<Sleep>> sleeps_;  // by serial
  std::unordered_map<std::uint64_t, Done> done_;
  std::deque<std::uint64_t> done_order_;
  std::unordered_map<TaskId, std::vector<SyncSleep>> sync_sleeps_;
  std::vector<LongRequest> long_;
  std::uint64_t open_ = 0;
  bool has_losses_ = false;
  std::uint64_t forgotten_files_ = 0;
  std::uint32_t scope_ = 0;
  std::uint32_t page_bytes_ = 4096;
  bool whole_ = false;
};

}  // namespace hoodtrace
