// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/recorder.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {
namespace {

// Reserved below the limit: for records in progress when it is reached, the last counters and the
// index.
std::uint64_t reserve_bytes(std::uint64_t max_bytes) { return max_bytes / 8; }

// Reserved for the block that counts the records that did not fit.
constexpr std::uint64_t kGapBytes = 4096;

bool is_end_tick(const RecordView& record) {
  return record.head->type == HT_TICK && record.bytes >= sizeof(ht_tick) &&
         reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_END;
}

// A block either fits or does not: with a small limit, many small ones.
BlockWriter::Limits limits_below(std::uint64_t max_bytes, BlockWriter::Limits limits) {
  constexpr std::uint64_t kBlocks = 64;
  constexpr std::uint64_t kLeastRecords = 64;
  constexpr std::uint64_t kRecordBytes = 16;  // in a file, more or less
  if (max_bytes == 0) return limits;
  const std::uint64_t records = std::max(max_bytes / kBlocks / kRecordBytes, kLeastRecords);
  limits.block_records =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(records, limits.block_records));
  return limits;
}

std::uint64_t index_bytes(std::uint64_t blocks) {
  return sizeof(BlockHeader) + sizeof(Trailer) + (blocks + 1) * sizeof(IndexEntry);
}

}  // namespace

Recorder::Recorder(TraceFile file, const RecordingForm& form, const BlockWriter::Limits& limits)
    : file_(std::move(file)),
      max_bytes_(form.max_bytes),
      zstd_level_(form.zstd_level),
      writer_(form.zstd_level, limits_below(form.max_bytes, limits),
              [this](const BlockHeader& header, std::span<const std::uint8_t> packed) {
                return append(header, packed);
              }) {}

Recorder::~Recorder() {
  if (given_ > 0) (void)finish();
}

Result<std::unique_ptr<Recorder>> Recorder::create(const std::string& path,
                                                   const RecordingForm& form,
                                                   const BlockWriter::Limits& limits) {
  Result<TraceFile> file = TraceFile::create(path);
  if (!file) return file.error();
  return std::unique_ptr<Recorder>(new Recorder(std::move(*file), form, limits));
}

Result<void> Recorder::append(const BlockHeader& header, std::span<const std::uint8_t> packed) {
  if (max_bytes_ != 0) {
    // Blocks after one that did not fit are not written either, so that the file has no gap.
    if (beyond_limit_ > 0 ||
        file_.bytes() + packed.size() + kGapBytes + index_bytes(file_.blocks() + 1) > max_bytes_) {
      is_full_ = true;
      if (beyond_limit_ == 0) beyond_.first_ns = header.first_ns;
      beyond_.last_ns = std::max(beyond_.last_ns, header.last_ns);
      beyond_cpus_ = std::max<std::uint32_t>(beyond_cpus_, header.cpus);
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

Result<void> Recorder::write(std::span<const RecordView> records) {
  given_ += records.size();
  if (const RecordView* last = records.empty() ? nullptr : &records.back();
      last != nullptr && is_end_tick(*last)) {
    end_.clear();
    end_.add_view(*last);
  }
  return writer_.write(records);
}

// The last block: what did not fit below the limit, and the end of the run.
Result<void> Recorder::append_what_is_missing() {
  if (beyond_limit_ == 0) return {};
  if (end_.size() > 0) beyond_limit_--;
  beyond_.records = beyond_limit_;
  beyond_.what = HT_TROUBLE_UNWRITTEN;
  RecordBuffer records;
  if (beyond_limit_ > 0) add_gap(beyond_, beyond_cpus_, records);
  made_ = records.size();
  if (end_.size() > 0) records.add_view(end_.at(0));
  ColumnEncoder encoder;
  ColumnEncoder::Span span;
  const std::vector<std::uint8_t>& payload = encoder.encode(records, span);
  BlockHeader header;
  header.records = static_cast<std::uint32_t>(records.size());
  header.first_ns = span.first_ns;
  header.last_ns = span.last_ns;
  header.records_before = file_.records();
  header.cpus = static_cast<std::uint16_t>(std::max(span.cpus, beyond_cpus_));
  BlockPacker packer(zstd_level_);
  return file_.append(header, packer.pack(header, payload));
}

Result<void> Recorder::finish() {
  if (std::exchange(finished_, true)) return {};
  Result<void> written = writer_.finish();
  if (written) written = append_what_is_missing();
  const Result<void> ended = file_.finish();
  bytes_ = file_.bytes();
  records_ = file_.records() - made_;
  if (written && ended) return {};
  const std::uint64_t known = records_ + dropped();
  if (given_ > known) kept_out_ = given_ - known;
  return written ? ended : written;
}

}  // namespace hoodtrace
