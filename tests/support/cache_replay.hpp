// SPDX-License-Identifier: GPL-2.0-or-later
// Feeds a stream to the task table and the cache tracker, as the pipeline does.
#pragma once

#include <cstdlib>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/cache/tracker.hpp"
#include "support/cache_scenario.hpp"

namespace hoodtrace {

class CacheReplay {
 public:
  explicit CacheReplay(std::size_t most_files = CacheTracker::kMostFiles)
      : tracker(tasks, most_files) {}
  explicit CacheReplay(const StreamBuilder& scenario,
                       std::size_t most_files = CacheTracker::kMostFiles)
      : CacheReplay(most_files) {
    play(scenario);
  }

  CacheReplay& play(const StreamBuilder& scenario) {
    for (; played_ < scenario.records().size(); played_++) {
      const std::optional<Event> event = decode(scenario.records().at(played_));
      if (!event) std::abort();  // the builder makes valid records only
      feed(tasks, *event);
      feed(tracker, *event);
    }
    tracker.settle();
    return *this;
  }

  [[nodiscard]] FileId id(const ht_file_key& key) const {
    for (FileId at = 1; at < tracker.files().size(); at++) {
      const NamedFile& file = tracker.files()[at];
      if (file.in_use && file.key.inode == key.inode && file.key.dev == key.dev &&
          file.key.generation == key.generation)
        return at;
    }
    return kOtherFiles;
  }
  [[nodiscard]] const FileCache& file(const ht_file_key& key = kFile) const {
    return tracker.file(id(key));
  }
  [[nodiscard]] const CacheCounts& counts(const ht_file_key& key = kFile) const {
    return file(key).counts;
  }
  [[nodiscard]] const TaskCache& task(std::uint32_t tid) const {
    return tracker.task(tasks.find(tid));
  }

  TaskTable tasks;
  CacheTracker tracker;

 private:
  std::size_t played_ = 0;
};

}  // namespace hoodtrace
