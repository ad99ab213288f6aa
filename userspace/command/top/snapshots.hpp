// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the stream interval by interval, and makes a snapshot of each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "command/top/tables.hpp"
#include "model/stream_account.hpp"
#include "output/observer.hpp"

namespace hoodtrace {

class SnapshotMaker : public Observer {
 public:
  // All of them must outlive this. Of `families` those are counted that the session has. `take` gets each snapshot; `wish` tells what it is made for.
  SnapshotMaker(TaskTable& tasks, StreamAccount& account, Families families,
                std::function<Browser::Wish()> wish,
                std::function<void(std::shared_ptr<const Snapshot>)> take);

  void on_event(const Event& event, std::string&) override;
  void fold(TaskId task) override {
    if (tables_) tables_->fold(task);
  }
  // What came after the last tick of a stream that was cut off.
  void finish(const StreamAccount& account, std::string&) override;

 private:
  void make(std::uint64_t now_ns);

  TaskTable& tasks_;
  StreamAccount& account_;
  Families families_;
  std::optional<TopTables> tables_;  // since the session's record
  std::function<Browser::Wish()> wish_;
  std::function<void(std::shared_ptr<const Snapshot>)> take_;
  std::uint64_t started_ns_ = 0;
  std::int64_t wall_offset_ns_ = 0;
  bool has_ended_ = false;
  std::uint64_t used_ns_ = 0;  // CPU time of this process
  std::uint64_t used_at_ns_ = 0;
};

}  // namespace hoodtrace
