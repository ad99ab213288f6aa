// SPDX-License-Identifier: GPL-2.0-or-later
// Where live tests of the page cache play: a folder on a real file system, loop devices, mounts and
// memory cgroups of our own, each undone at its end.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "live/sched/expectations.hpp"
#include "support/disk_folder.hpp"

namespace hoodtrace::testing {

// Runs a program to its end; true when it went well.
inline bool run_program(const Words& words) {
  ChildProcess process(words);
  return process.wait(std::chrono::seconds(60)) == 0;
}

// The workload's steps on a file, untraced. What is dropped is dropped twice: on 7.3 a file's first
// 512 pages, one large folio, were there again right after mincore() had seen none of the file (in
// the first of three runs of a guest).
inline bool prepare(const std::string& file, const std::string& kib, const Words& steps) {
  Words words = {workload_path(), "cache", "file=" + file, "kib=" + kib};
  words.insert(words.end(), steps.begin(), steps.end());
  if (words.back() == "drop") words.insert(words.end(), {"nap", "drop"});
  return run_program(words);
}

// A mount, until its end.
class Mounted {
 public:
  Mounted(const std::string& source, const std::string& point, const std::string& type,
          const std::string& options)
      : point_(point) {
    std::filesystem::create_directories(point);
    made_ = ::mount(source.c_str(), point.c_str(), type.c_str(), 0, options.c_str()) == 0;
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() {
    if (made_ && ::umount(point_.c_str()) != 0) ::umount2(point_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool is_made() const { return made_; }

 private:
  std::string point_;
  bool made_ = false;
};

// A loop device over a new file system in a new file, until its end.
class LoopDevice {
 public:
  LoopDevice(const std::string& image, const std::string& mebibytes, const Words& mkfs) {
    if (!run_program({"/usr/bin/truncate", "-s", mebibytes + "M", image})) return;
    Words words = mkfs;
    words.push_back(image);
    if (!std::filesystem::exists(words.front()) || !run_program(words)) return;
    ChildProcess losetup({"/usr/sbin/losetup", "--find", "--show", image});
    if (losetup.wait(std::chrono::seconds(30)) != 0) return;
    path_ = losetup.output().substr(0, losetup.output().find('\n'));
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;
  ~LoopDevice() {
    if (!path_.empty()) run_program({"/usr/sbin/losetup", "--detach", path_});
  }
  [[nodiscard]] bool is_made() const { return !path_.empty(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A cgroup with a limit of memory, v2 or v1, until its end.
class MemoryCgroup {
 public:
  explicit MemoryCgroup(std::uint64_t limit_bytes) {
    if (std::filesystem::exists("/sys/fs/cgroup/cgroup.subtree_control"))
      std::ofstream("/sys/fs/cgroup/cgroup.subtree_control") << "+memory";
    const std::string name = "/hoodtrace-cache-" + std::to_string(::getpid());
    for (const auto& [base, limit] :
         {std::pair("/sys/fs/cgroup", "/memory.max"),
          std::pair("/sys/fs/cgroup/memory", "/memory.limit_in_bytes")}) {
      path_ = base + name;
      std::error_code ignored;
      if (!std::filesystem::create_directory(path_, ignored)) continue;
      // Where no hierarchy is mounted that is a folder like any other.
      if (std::filesystem::exists(path_ + limit, ignored)) {
        std::ofstream file(path_ + limit);
        made_ = static_cast<bool>(file << limit_bytes << std::flush);
        if (made_) return;
      }
      ::rmdir(path_.c_str());
    }
  }
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;
  ~MemoryCgroup() {
    if (made_) ::rmdir(path_.c_str());
  }
  [[nodiscard]] bool is_made() const { return made_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

// The row of the file of that path; an empty object when it has none.
inline Json file_row(const Json& report, const std::string& path) {
  if (report.contains("files"))
    for (const Json& file : report["files"])
      if (file["path"] == path) return file;
  return Json::object();
}

// The row of the task of that comm.
inline Json task_row(const Json& report, const std::string& comm) {
  for (const Json& task : report["tasks"])
    if (task["comm"] == comm) return task;
  return Json::object();
}

// A count of a row; 0 where it is null.
inline std::uint64_t count_of(const Json& row, const char* key) {
  return row.contains(key) && row[key].is_number() ? row[key].get<std::uint64_t>() : 0;
}

// Adds minus evictions is the kernel's own count, for every file; parts add up to wholes.
inline void expect_sound_cache(const Json& report) {
  expect_nothing_lost(report);
  EXPECT_EQ(report["audit"]["cached_pages"], report["audit"]["kernel_cached_pages"]);
  EXPECT_EQ(report["audit"]["files"], report["audit"]["files_equal"]);
  std::uint64_t added = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  for (const Json& file : report["files"]) {
    added += count_of(file, "added");
    hits += count_of(file, "hits");
    misses += count_of(file, "misses");
    EXPECT_EQ(count_of(file, "evicted"),
              count_of(file, "evicted_kswapd") + count_of(file, "evicted_direct") +
                  count_of(file, "evicted_memcg") + count_of(file, "evicted_proactive") +
                  count_of(file, "evicted_dropped") + count_of(file, "evicted_truncated") +
                  count_of(file, "evicted_deleted"))
        << file.dump();
  }
  EXPECT_EQ(report["system"]["added"], added);
  EXPECT_EQ(count_of(report["system"], "hits"), hits);
  EXPECT_EQ(count_of(report["system"], "misses"), misses);
}

inline TracedRun cache_run(const Words& workload) {
  TracedRun run = trace_workload({"cache"}, workload);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.reports.size(), 1U) << run.error;
  if (!run.reports.empty()) expect_sound_cache(run.report());
  return run;
}

// Does this kernel report uses? Otherwise they are null.
inline bool reports_uses(const Json& report) { return !report["system"]["hits"].is_null(); }

}  // namespace hoodtrace::testing
