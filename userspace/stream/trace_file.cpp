// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/trace_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/result.hpp"

namespace hoodtrace {
namespace {

template <class Struct>
std::span<const std::uint8_t> bytes_of(const Struct& value, std::size_t size = sizeof(Struct)) {
  return {reinterpret_cast<const std::uint8_t*>(&value), size};
}

}  // namespace

Result<TraceFile> TraceFile::create(const std::string& path) {
  // A recording is made live, mostly, and visible while it is.
  Result<OutputFile> file = OutputFile::create(path, 0600, Replace::kAtFirstByte);
  if (!file) return file.error();
  return TraceFile(std::move(*file));
}

Result<void> TraceFile::put_magic() {
  if (bytes_ != 0) return {};
  std::uint8_t magic[sizeof(kRecordingMagic) + 1];
  std::memcpy(magic, kRecordingMagic, sizeof(kRecordingMagic));
  magic[sizeof(kRecordingMagic)] = kRecordingVersion;
  return put(magic);
}

Result<void> TraceFile::put(std::span<const std::uint8_t> bytes) {
  const std::uint64_t before = bytes_;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (Result<void> written = file_.write(text); !written) {
    cut_to(before);
    return written;
  }
  bytes_ += bytes.size();
  return {};
}

void TraceFile::cut_to(std::uint64_t bytes) {
  // Of a pipe or a device there is nothing to take back.
  if (::ftruncate(file_.fd(), static_cast<off_t>(bytes)) != 0) return;
  ::lseek(file_.fd(), static_cast<off_t>(bytes), SEEK_SET);
  bytes_ = bytes;
}

Result<void> TraceFile::append(const BlockHeader& header, std::span<const std::uint8_t> packed) {
  RETURN_IF_ERROR(put_magic());
  const std::uint64_t offset = bytes_;
  RETURN_IF_ERROR(put(packed));
  file_.keep();
  index_.push_back({offset, header.first_ns, header.last_ns, header.records, header.stored_bytes});
  return {};
}

std::uint64_t TraceFile::records() const {
  std::uint64_t records = 0;
  for (const IndexEntry& entry : index_) records += entry.records;
  return records;
}

Result<void> TraceFile::put_end() {
  BlockHeader header;
  header.kind = BlockKind::kIndex;
  header.records_before = records();
  if (!index_.empty()) {
    header.first_ns = index_.front().first_ns;
    header.last_ns = header.first_ns;
    for (const IndexEntry& entry : index_) header.last_ns = std::max(header.last_ns, entry.last_ns);
  }
  Trailer trailer;
  trailer.index_offset = bytes_;
  trailer.crc = checksum(bytes_of(trailer.index_offset));
  BlockPacker packer(3);
  const std::span<const std::uint8_t> block = packer.pack(
      header,
      {reinterpret_cast<const std::uint8_t*>(index_.data()), index_.size() * sizeof(IndexEntry)});
  std::vector<std::uint8_t> end(block.begin(), block.end());
  const std::span<const std::uint8_t> tail = bytes_of(trailer);
  end.insert(end.end(), tail.begin(), tail.end());
  return put(end);
}

Result<void> TraceFile::finish() {
  RETURN_IF_ERROR(put_magic());
  Result<void> ended = put_end();
  for (int i = 0; i < 16 && !ended && !index_.empty(); i++) {
    cut_to(index_.back().offset);
    index_.pop_back();
    ended = put_end();
  }
  const Result<void> finished = file_.finish();
  return ended ? finished : ended;
}

}  // namespace hoodtrace
