// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/packed_object.hpp"

#include <zstd.h>

#include <map>
#include <vector>

namespace hoodtrace {

const void* unpack_object(const unsigned char* begin, const unsigned char* end,
                          std::size_t* bytes) {
  // By their places: the program has two of them. They are opened by one thread.
  static std::map<const unsigned char*, std::vector<char>> unpacked;
  std::vector<char>& object = unpacked[begin];
  if (object.empty()) {
    const auto packed = static_cast<std::size_t>(end - begin);
    const unsigned long long size = ZSTD_getFrameContentSize(begin, packed);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return nullptr;
    object.resize(size);
    if (ZSTD_isError(ZSTD_decompress(object.data(), object.size(), begin, packed)) != 0)
      object.clear();
  }
  *bytes = object.size();
  return object.empty() ? nullptr : object.data();
}

}  // namespace hoodtrace
