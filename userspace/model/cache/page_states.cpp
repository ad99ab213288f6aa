// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cache/page_states.hpp"

namespace hoodtrace {

void PageStates::unlink(std::uint32_t index) {
  Chunk& chunk = chunks_[index];
  (chunk.newer == kNone ? newest_ : chunks_[chunk.newer].older) = chunk.older;
  (chunk.older == kNone ? oldest_ : chunks_[chunk.older].newer) = chunk.newer;
}

void PageStates::make_newest(std::uint32_t index) {
  Chunk& chunk = chunks_[index];
  chunk.newer = kNone;
  chunk.older = newest_;
  if (newest_ != kNone) chunks_[newest_].newer = index;
  newest_ = index;
  if (oldest_ == kNone) oldest_ = index;
}

PageStates::Chunk& PageStates::chunk_of(FileId file, std::uint64_t number) {
  const Key key{number, file};
  if (newest_ != kNone && chunks_[newest_].key == key) return chunks_[newest_];
  if (const auto found = index_.find(key); found != index_.end()) {
    unlink(found->second);
    make_newest(found->second);
    return chunks_[found->second];
  }
  std::uint32_t index = 0;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else if (chunks_.size() < most_chunks_) {
    index = static_cast<std::uint32_t>(chunks_.size());
    chunks_.emplace_back();
  } else {
    index = oldest_;
    unlink(index);
    index_.erase(chunks_[index].key);
    forgotten_++;
  }
  chunks_[index] = {};
  chunks_[index].key = key;
  index_[key] = index;
  make_newest(index);
  return chunks_[index];
}

PageState PageStates::state(FileId file, std::uint64_t page) const {
  const auto found = index_.find(Key{page / kChunkPages, file});
  if (found == index_.end()) return PageState::kUnknown;
  const std::uint8_t pair = chunks_[found->second].pairs[page % kChunkPages / 2];
  return static_cast<PageState>(pair >> (page % 2 * 4) & 0xf);
}

void PageStates::forget_all() {
  index_.clear();
  chunks_.clear();
  free_.clear();
  newest_ = oldest_ = kNone;
}

void PageStates::forget(const std::vector<bool>& gone) {
  for (auto at = index_.begin(); at != index_.end();) {
    if (at->first.file >= gone.size() || !gone[at->first.file]) {
      ++at;
      continue;
    }
    unlink(at->second);
    free_.push_back(at->second);
    at = index_.erase(at);
  }
}

}  // namespace hoodtrace
