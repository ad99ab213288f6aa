// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps the last seconds of the stream in memory, compressed, and writes them on request.
//
// The file is a recording like any other: it begins at an HT_TICK_COUNTERS, and the counters that
// follow become its tasks' first (ht_task_seen), so that its audit is exact too. The stream must
// contain such a tick every counters_interval_ns().
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "stream/block_writer.hpp"
#include "stream/opening.hpp"
#include "stream/recorder.hpp"

namespace hoodtrace {

class FlightRecorder {
 public:
  FlightRecorder(std::uint64_t keep_ns, const RecordingForm& form);
  FlightRecorder(const FlightRecorder&) = delete;
  FlightRecorder& operator=(const FlightRecorder&) = delete;
  ~FlightRecorder();

  // How often the stream must contain the counters for a recorder that keeps `keep_ns`.
  static std::uint64_t counters_interval_ns(std::uint64_t keep_ns);

  // Copies the records; never waits for a file that is still being written.
  Result<void> write(std::span<const RecordView> records);

  // Writes the kept segments to a file, on a thread of its own; the stream goes on. False when the
  // last file is still being written.
  bool start_dump(const std::string& path);

  struct Dump {
    std::string path;
    Result<void> outcome;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t span_ns = 0;
  };
  // The dump that was finished since the last call, if any. With `wait`, waits for one in progress.
  bool take_dump(Dump& dump, bool wait);

  // In memory, compressed.
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::uint64_t span_ns() const;
  [[nodiscard]] std::uint64_t dropped() const { return writer_.dropped(); }

 private:
  struct Block {
    std::uint64_t number = 0;  // of all blocks
    BlockHeader header;
    std::vector<std::uint8_t> packed;
  };
  // From one HT_TICK_COUNTERS to the next.
  struct Segment {
    std::uint64_t start_ns = 0;
    std::uint64_t first_block = 0;
    RecordBuffer opening;
    std::vector<Block> blocks;
  };

  void take_block(const BlockHeader& header, std::span<const std::uint8_t> packed);
  void begin_segment(std::uint64_t now_ns);
  std::vector<Segment> copy_segments(std::uint64_t blocks);
  void forget_old(std::uint64_t now_ns);
  void forget_oldest();
  [[nodiscard]] bool is_full() const { return form_.max_bytes != 0 && bytes_ > form_.max_bytes; }
  static Dump write_file(const std::string& path, const RecordingForm& form,
                         const std::vector<Segment>& segments);

  std::uint64_t keep_ns_;
  RecordingForm form_;
  Opening opening_;
  std::uint64_t last_ns_ = 0;

  mutable std::mutex mutex_;  // of what follows: the writer's thread adds blocks
  std::condition_variable taken_more_;
  std::deque<Segment> segments_;
  std::uint64_t taken_ = 0;  // blocks
  std::uint64_t bytes_ = 0;
  bool is_wanted_ = false;  // what is there now, until it is copied for a recording
  Dump dump_;
  bool dump_done_ = false;

  std::thread dumper_;
  BlockWriter writer_;  // last: its thread ends before what it uses
};

}  // namespace hoodtrace
