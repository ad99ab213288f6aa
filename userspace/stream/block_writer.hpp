// SPDX-License-Identifier: GPL-2.0-or-later
// Makes blocks of records on a thread of its own, so that the caller never waits.
//
// The thread starts with the first records: the program drops its privileges before, and privileges
// are per thread. It has the normal priority until what is not in blocks yet fills a quarter of the
// memory, then the reader's, and above half it compresses less. When the memory is full, records are
// dropped and counted; a record in the stream marks the gap. Ticks are never dropped.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>

#include "base/result.hpp"
#include "stream/block.hpp"
#include "stream/column_encoder.hpp"
#include "stream/gap.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class BlockWriter {
 public:
  // Called on the writer's thread with each finished block. An error is final. The header and the
  // bytes are valid during the call only.
  using Take =
      std::function<Result<void>(const BlockHeader& header, std::span<const std::uint8_t> packed)>;

  struct Limits {
    std::size_t memory_bytes = std::size_t{64} << 20;  // of records not yet in blocks
    std::chrono::milliseconds age{500};                // a block is closed after that at the latest
    std::uint32_t block_records = 1 << 16;
    bool waits = false;  // for memory, instead of dropping: for a source that can wait
  };

  // zstd's level, 0 = none.
  BlockWriter(int level, const Limits& limits, Take take);
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;
  ~BlockWriter();

  // Copies the records. An error is the one of `take`.
  Result<void> write(std::span<const RecordView> records);

  // Ends the block that is being filled; does not wait. Returns the number of blocks so far: `take`
  // gets them one by one, in order.
  std::uint64_t close();

  // Returns when all that was written is in blocks and taken; last call.
  Result<void> finish();

  // Records that found no memory.
  [[nodiscard]] std::uint64_t dropped() const;
  // More time went into `take` than into making the blocks.
  [[nodiscard]] bool takes_longest() const;

 private:
  void add(RecordView record);
  void close_block();
  void add_dropped();
  bool take_block(std::unique_lock<std::mutex>& lock, RecordBuffer& block);
  Result<void> encode(const RecordBuffer& block, bool hurried);
  void set_priority();
  void run();

  Limits limits_;
  Take take_;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // there is something to do
  std::condition_variable room_;  // memory was freed
  std::thread thread_;
  RecordBuffer filling_;
  std::deque<RecordBuffer> full_;
  std::vector<RecordBuffer> spare_;
  std::size_t pending_bytes_ = 0;  // in full_, and in the block that is being encoded
  std::chrono::steady_clock::time_point filling_since_;
  bool stopping_ = false;
  Result<void> failure_;
  std::uint64_t closed_ = 0;  // blocks
  std::uint64_t dropped_ = 0;
  Gap gap_;
  std::uint32_t cpus_ = 1;
  std::atomic<std::int64_t> making_ns_ = 0;
  std::atomic<std::int64_t> taking_ns_ = 0;

  // The thread's own.
  bool is_ahead_ = true;  // has the priority of the thread that made it
  ColumnEncoder encoder_;
  BlockPacker packer_;
  std::uint64_t records_before_ = 0;
  std::uint32_t block_cpus_ = 1;
};

}  // namespace hoodtrace
