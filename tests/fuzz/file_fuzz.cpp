// SPDX-License-Identifier: GPL-2.0-or-later
// Any bytes as a trace file. Checksums would keep the fuzzer out of everything behind them: unless
// the last byte says otherwise they are put right first, wherever a block begins.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "stream/block.hpp"
#include "stream/file_source.hpp"

namespace {

using namespace hoodtrace;

void mend_checksums(std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kSummed = offsetof(BlockHeader, payload_crc);
  std::size_t at = 8;
  while (at + sizeof(BlockHeader) <= bytes.size()) {
    BlockHeader header;
    std::memcpy(&header, &bytes[at], sizeof(header));
    if (header.mark != kBlockMark) {
      at++;
      continue;
    }
    const std::size_t left = bytes.size() - at - sizeof(header);
    const std::size_t stored = header.stored_bytes <= left ? header.stored_bytes : left;
    header.payload_crc = checksum({bytes.data() + at + sizeof(header), stored});
    std::memcpy(&bytes[at], &header, sizeof(header));
    header.header_crc = checksum({bytes.data() + at + kSummed, sizeof(header) - kSummed});
    std::memcpy(&bytes[at], &header, sizeof(header));
    at += sizeof(header) + stored;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  if (size == 0) return 0;
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  std::vector<std::uint8_t> bytes(input, input + size);
  if (bytes.back() != 'x') mend_checksums(bytes);
  if (::ftruncate(file, 0) != 0 ||
      ::pwrite(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return 0;
  auto source = FileSource::open(path);
  if (!source) return 0;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) return 0;
    for (const RecordView& record : *records) (void)decode(record);
  }
}
