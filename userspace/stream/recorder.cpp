// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/recorder.hpp"

#include <utility>

namespace hoodtrace {
namespace {

// Kept free below the limit: for what is under way when it is reached, the last books and the
// index.
std::uint64_t reserve_bytes(std::uint64_t max_bytes) { return max_bytes / 8; }

std::uint64_t index_bytes(std::uint64_t blocks) {
  return sizeof(BlockHeader) + sizeof(Trailer) + (blocks + 1) * sizeof(IndexEntry);
}

}  // namespace

Recorder::Recorder(TraceFile file, const RecordingForm& form, const BlockWriter::Limits& limits)
    : file_(std::move(file)),
      max_bytes_(form.max_bytes),
      bytes_(file_.bytes()),
      writer_(form.zstd_level, limits,
              [this](const BlockHeader& header, std::span<const std::uint8_t> packed) {
                return append(header, packed);
              }) {}

Recorder::~Recorder() { (void)finish(); }

Result<std::unique_ptr<Recorder>> Recorder::create(const std::string& path,
                                                   const RecordingForm& form,
                                                   const BlockWriter::Limits& limits) {
  Result<TraceFile> file = TraceFile::create(path);
  if (!file) return file.error();
  return std::unique_ptr<Recorder>(new Recorder(std::move(*file), form, limits));
}

Result<void> Recorder::append(const BlockHeader& header, std::span<const std::uint8_t> packed) {
  if (max_bytes_ != 0) {
    // What comes after a block that found no room is not written either: no hole in the middle.
    if (beyond_limit_ > 0 ||
        file_.bytes() + packed.size() + index_bytes(file_.blocks()) > max_bytes_) {
      is_full_ = true;
      beyond_limit_ += header.records;
      return {};
    }
    if (file_.bytes() + packed.size() + reserve_bytes(max_bytes_) > max_bytes_) is_full_ = true;
  }
  Result<void> appended = file_.append(header, packed);
  bytes_ = file_.bytes();
  if (appended) records_ += header.records;
  return appended;
}

Result<void> Recorder::finish() {
  if (std::exchange(finished_, true)) return {};
  const Result<void> written = writer_.finish();
  const Result<void> ended = file_.finish();
  bytes_ = file_.bytes();
  records_ = file_.records();
  if (written && ended) return {};
  const std::uint64_t known = records_ + dropped();
  if (given_ > known) kept_out_ = given_ - known;
  return written ? ended : written;
}

}  // namespace hoodtrace
