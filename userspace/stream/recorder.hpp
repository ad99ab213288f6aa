// SPDX-License-Identifier: GPL-2.0-or-later
// Writes the stream into a trace file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "stream/block_writer.hpp"
#include "stream/trace_file.hpp"

namespace hoodtrace {

struct RecordingForm {
  int zstd_level = 3;           // 0 = not compressed
  std::uint64_t max_bytes = 0;  // of the file; 0 = no limit
};

class Recorder {
 public:
  // "-" is standard output.
  static Result<std::unique_ptr<Recorder>> create(const std::string& path,
                                                  const RecordingForm& form,
                                                  const BlockWriter::Limits& limits = {});
  // Finishes the file if finish() was not called. A recorder without a record leaves no file, and
  // an older one as it was.
  ~Recorder();

  // Copies the records; they are in the file a second later at the latest. An error (a full disk,
  // for example) is final: the file has the earlier records, and is complete after finish().
  Result<void> write(std::span<const RecordView> records);

  // Writes the rest and the end of the file; last call. Returns the first error.
  Result<void> finish();

  // So far in the file.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  // Records that were dropped for lack of memory or because of the limit; after an error also those
  // that were not written, when finish() has returned.
  [[nodiscard]] std::uint64_t dropped() const {
    return writer_.dropped() + beyond_limit_ + kept_out_;
  }
  // Where records were dropped for lack of memory: the file took longer than making its blocks.
  [[nodiscard]] bool is_disk_slow() const { return writer_.takes_longest(); }
  // No record was written yet.
  [[nodiscard]] bool is_empty() const { return given_ == 0; }
  // The limit is near: time to end the recording in good order.
  [[nodiscard]] bool is_full() const { return is_full_; }

 private:
  Recorder(TraceFile file, const RecordingForm& form, const BlockWriter::Limits& limits);
  Result<void> append(const BlockHeader& header, std::span<const std::uint8_t> packed);
  Result<void> append_what_is_missing();

  TraceFile file_;  // the writer's thread's, until it has ended
  std::uint64_t max_bytes_;
  int zstd_level_;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::atomic<std::uint64_t> beyond_limit_ = 0;
  Gap beyond_;  // the same; the writer's thread's, until it has ended
  std::uint32_t beyond_cpus_ = 1;
  RecordBuffer end_;        // the run's last tick, once it was received
  std::uint64_t made_ = 0;  // records in the file that only report what is missing
  std::atomic<bool> is_full_ = false;
  std::uint64_t given_ = 0;
  std::uint64_t kept_out_ = 0;
  bool finished_ = false;
  BlockWriter writer_;
};

}  // namespace hoodtrace
