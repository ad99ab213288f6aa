// SPDX-License-Identifier: GPL-2.0-or-later
// The state of each page of each file: four bits a page, in chunks of 512 pages (2 MiB of a file).
// Bounded: the least recently used chunks are dropped first, and their pages are then kUnknown.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/names/file_key.hpp"

namespace hoodtrace {

enum class PageState : std::uint8_t {
  kUnknown,    // no record of it: absent, or cached since before tracing
  kFresh,      // added, and not used since
  kReadAhead,  // the same, by readahead
  kPerhaps,    // the same, and perhaps used since, through a mapping
  kUsed,       // cached
  kMapped,     // the same, and a fault mapped it into some address space
  kEvicted,    // was cached
};

class PageStates {
 public:
  explicit PageStates(std::size_t most_chunks = 32768) : most_chunks_(most_chunks) {}

  // Calls visit(page, state) for pages first..last; what it returns is the page's new state.
  template <class Visit>
  void each(FileId file, std::uint64_t first, std::uint64_t last, Visit visit) {
    for (std::uint64_t page = first; page <= last;) {
      Chunk& chunk = chunk_of(file, page / kChunkPages);
      const std::uint64_t end = std::min(last, page | (kChunkPages - 1));
      for (; page <= end; page++) {
        std::uint8_t& pair = chunk.pairs[page % kChunkPages / 2];
        const unsigned shift = page % 2 * 4;
        const auto state = static_cast<PageState>(pair >> shift & 0xf);
        const auto next = static_cast<std::uint8_t>(visit(page, state));
        pair = static_cast<std::uint8_t>((pair & ~(0xfU << shift)) | next << shift);
      }
    }
  }

  [[nodiscard]] PageState state(FileId file, std::uint64_t page) const;

  void forget_all();
  // Forgets the files for which gone[file].
  void forget(const std::vector<bool>& gone);

  // Chunks that were forgotten because the table was full.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  static constexpr std::uint64_t kChunkPages = 512;
  static constexpr std::uint32_t kNone = ~0U;

  struct Key {
    std::uint64_t number;
    FileId file;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return (key.number * 0x9e3779b97f4a7c15ULL) ^ (key.file * 0xc2b2ae3d27d4eb4fULL);
    }
  };
  struct Chunk {
    Key key{};
    std::uint32_t newer = kNone;
    std::uint32_t older = kNone;
    std::array<std::uint8_t, kChunkPages / 2> pairs{};
  };

  Chunk& chunk_of(FileId file, std::uint64_t number);
  void unlink(std::uint32_t index);
  void make_newest(std::uint32_t index);

  std::size_t most_chunks_;
  std::unordered_map<Key, std::uint32_t, Hash> index_;
  std::vector<Chunk> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t newest_ = kNone;
  std::uint32_t oldest_ = kNone;
  std::uint64_t forgotten_ = 0;
};

}  // namespace hoodtrace
