// SPDX-License-Identifier: GPL-2.0-or-later
// A source that is read on a thread of its own, some batches ahead of who takes its records.
//
// For recordings: what comes is there already. A live source is read in time by whoever it belongs to.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class ReadAhead : public Source {
 public:
  explicit ReadAhead(std::unique_ptr<Source> source);
  ~ReadAhead() override;

  Result<std::span<const RecordView>> next() override;

 private:
  struct Batch {
    RecordBuffer records;
    std::vector<RecordView> views;
    Result<void> read;  // an error ends the stream, as an empty batch does
  };
  static constexpr std::size_t kBatches = 4;

  void run();
  // Reads the next one; false: it is the last one.
  bool read_into(Batch& batch);

  std::unique_ptr<Source> source_;
  std::array<Batch, kBatches> batches_;  // used one after the other, in a circle
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t read_ = 0;   // batches so far
  std::size_t taken_ = 0;  // batches that next() has yielded, the last of which is in use
  bool ended_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hoodtrace
