// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/input_bytes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hoodtrace {

InputBytes::InputBytes(std::string path, Fd fd, std::uint64_t begin)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      is_pipe_(::lseek(fd_.get(), 0, SEEK_CUR) < 0),
      window_offset_(begin) {}

// One read; 0 at the end.
Result<std::size_t> InputBytes::read_some(std::uint64_t offset, void* into, std::size_t bytes) {
  for (;;) {
    const ssize_t count = is_pipe_ ? ::read(fd_.get(), into, bytes)
                                   : ::pread(fd_.get(), into, bytes, static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR)
      return failed(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
  }
}

Result<std::size_t> InputBytes::read_at(std::uint64_t offset, void* into, std::size_t bytes) {
  if (!is_pipe_) {
    std::size_t got = 0;
    while (got < bytes) {
      const Result<std::size_t> count =
          read_some(offset + got, static_cast<char*>(into) + got, bytes - got);
      if (!count) return count.error();
      if (*count == 0) break;
      got += *count;
    }
    return got;
  }
  const auto at = static_cast<std::size_t>(offset - window_offset_);
  while (window_.size() < at + bytes) {
    const std::size_t had = window_.size();
    window_.resize(at + bytes);
    const Result<std::size_t> count = read_some(0, window_.data() + had, window_.size() - had);
    window_.resize(had + (count ? *count : 0));
    if (!count) return count.error();
    if (*count == 0) break;
  }
  const std::size_t got = window_.size() < at ? 0 : std::min(bytes, window_.size() - at);
  if (got > 0) std::memcpy(into, window_.data() + at, got);
  return got;
}

void InputBytes::forget_before(std::uint64_t offset) {
  if (!is_pipe_ || offset <= window_offset_) return;
  const std::size_t gone =
      std::min<std::size_t>(static_cast<std::size_t>(offset - window_offset_), window_.size());
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(gone));
  window_offset_ += gone;
}

}  // namespace hoodtrace
