// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/block_source.hpp"

#include <algorithm>
#include <cstring>

namespace hoodtrace {
namespace {

constexpr std::size_t kWindowBytes = 1 << 20;

}  // namespace

// Moves offset_ behind a header that is no good, to the next mark; false at the file's end.
Result<bool> BlockSource::search_mark() {
  offset_++;
  window_.resize(kWindowBytes);
  for (;;) {
    bytes_.forget_before(offset_);
    const Result<std::size_t> got = bytes_.read_at(offset_, window_.data(), window_.size());
    if (!got) return got.error();
    if (*got < sizeof(kBlockMark)) return false;
    const void* mark = ::memmem(window_.data(), *got, &kBlockMark, sizeof(kBlockMark));
    if (mark != nullptr) {
      offset_ +=
          static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(mark) - window_.data());
      return true;
    }
    offset_ += *got - sizeof(kBlockMark) + 1;
  }
}

Result<bool> BlockSource::find_block(BlockHeader& header) {
  bool counted = false;
  for (;;) {
    bytes_.forget_before(offset_);
    const Result<std::size_t> got = bytes_.read_at(offset_, &header, sizeof(header));
    if (!got) return got.error();
    if (*got == 0) return false;
    if (*got == sizeof(header) && is_sound(header)) return true;
    if (!counted) damaged_++;
    counted = true;
    const Result<bool> found = search_mark();
    if (!found) return found.error();
    if (!*found) return false;
  }
}

void BlockSource::miss(std::uint64_t first_ns, std::uint64_t last_ns, std::uint64_t records) {
  add_gap({first_ns, last_ns, records, HT_TROUBLE_DAMAGED}, cpus_, made_);
}

void BlockSource::end(bool whole) {
  ended_ = true;
  is_cut_ = !whole;
  if (whole) return;
  ht_trouble trouble{};
  trouble.head = {last_ns_, 0, HT_TROUBLE, HT_NO_CPU};
  trouble.count = 1;
  trouble.what = HT_TROUBLE_CUT;
  made_.add(trouble);
}

Result<bool> BlockSource::is_whole_end(const BlockHeader& header, std::uint64_t begin) {
  Trailer trailer;
  char beyond = 0;
  const Result<std::size_t> got = bytes_.read_at(offset_, &trailer, sizeof(trailer));
  if (!got) return got.error();
  const Result<std::size_t> more = bytes_.read_at(offset_ + sizeof(trailer), &beyond, 1);
  if (!more) return more.error();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&trailer.index_offset);
  const bool is_whole = *got == sizeof(trailer) && trailer.mark == kTrailerMark &&
                        trailer.index_offset == begin &&
                        trailer.crc == checksum({bytes, sizeof(trailer.index_offset)}) &&
                        unpacker_.unpack(header, stored_).size() == header.raw_bytes;
  if (is_whole) offset_ += sizeof(trailer);
  has_more_ = is_whole && *more > 0;
  return is_whole;
}

// Reads on to the next block with events, or to the end. What is missing on the way is in made_.
Result<void> BlockSource::read_block() {
  const Result<bool> found = find_block(header_);
  if (!found) return found.error();
  if (!*found) {
    end(false);
    return {};
  }
  const std::uint64_t begin = offset_;
  stored_.resize(header_.stored_bytes);
  const Result<std::size_t> got =
      bytes_.read_at(begin + sizeof(header_), stored_.data(), stored_.size());
  if (!got) return got.error();
  cpus_ = std::clamp<std::uint32_t>(header_.cpus, cpus_, HT_CPU_LIMIT);
  if (header_.records_before > records_before_)
    miss(last_ns_, std::max(last_ns_, header_.first_ns), header_.records_before - records_before_);
  records_before_ = header_.records_before;
  if (*got < stored_.size()) {
    end(false);
    return {};
  }
  offset_ = begin + sizeof(header_) + stored_.size();
  if (header_.kind == BlockKind::kIndex) {
    const Result<bool> whole = is_whole_end(header_, begin);
    if (!whole) return whole.error();
    end(*whole);
    return {};
  }
  records_before_ += header_.records;
  last_ns_ = std::max(last_ns_, header_.last_ns);
  const std::span<const std::uint8_t> payload = unpacker_.unpack(header_, stored_);
  if (header_.kind == BlockKind::kEvents && !payload.empty() &&
      decoder_.begin(payload, header_.records, header_.first_ns)) {
    blocks_++;
    in_block_ = true;
    given_ = 0;
  } else {
    damaged_++;
    miss(header_.first_ns, header_.last_ns, header_.records);
  }
  return {};
}

Result<std::span<const RecordView>> BlockSource::next() {
  for (;;) {
    made_.clear();
    is_made_ = false;
    if (in_block_) {
      bool malformed = false;
      const std::span<const RecordView> views = decoder_.next(malformed);
      given_ += static_cast<std::uint32_t>(views.size());
      if (!views.empty()) return views;
      in_block_ = false;
      if (malformed) {
        damaged_++;
        miss(header_.first_ns, header_.last_ns, header_.records - given_);
      }
    } else if (ended_) {
      return std::span<const RecordView>();
    } else if (Result<void> read = read_block(); !read) {
      return read.error();
    }
    if (made_.size() == 0) continue;
    is_made_ = true;
    made_views_.clear();
    for (std::size_t i = 0; i < made_.size(); i++) made_views_.push_back(made_.at(i));
    return std::span<const RecordView>(made_views_);
  }
}

}  // namespace hoodtrace
