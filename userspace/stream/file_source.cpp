// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/file_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "stream/recording.hpp"

namespace hoodtrace {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& asked) {
  const bool is_stdin = asked == "-";
  const std::string path = is_stdin ? "standard input" : asked;
  Fd fd(is_stdin ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  if (is_stdin && ::isatty(fd.get()) == 1)
    return usage("standard input is a terminal, and not a recording: hoodtrace record -o - | ...");
  char magic[sizeof(kRecordingMagic) + 1] = {};
  std::size_t got = 0;
  while (got < sizeof(magic)) {
    const ssize_t count = ::read(fd.get(), magic + got, sizeof(magic) - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  if (got != sizeof(magic) || std::memcmp(magic, kRecordingMagic, sizeof(kRecordingMagic)) != 0)
    return failed(
        fmt::format("{} is no hoodtrace recording; make one with: hoodtrace record -o FILE", path));
  std::unique_ptr<FileSource> source(new FileSource());
  struct stat status {};
  if (::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode))
    source->facts_.bytes = static_cast<std::uint64_t>(status.st_size);
  source->facts_.version = static_cast<std::uint8_t>(magic[sizeof(kRecordingMagic)]);
  if (source->facts_.version == 1)
    source->plain_ = std::make_unique<PlainSource>(path, std::move(fd));
  else if (source->facts_.version == kRecordingVersion)
    source->blocks_ = std::make_unique<BlockSource>(path, std::move(fd));
  else
    return failed(
        fmt::format("{} is a recording of version {}, and this hoodtrace reads versions "
                    "1 to {}: take a newer one",
                    path, source->facts_.version, int{kRecordingVersion}));
  return source;
}

Result<std::span<const RecordView>> FileSource::next() {
  return plain_ ? plain_->next() : blocks_->next();
}

bool FileSource::is_made(const RecordView& record) const {
  if (blocks_) return blocks_->is_made();
  return plain_->is_cut() && record.head->type == HT_TROUBLE;
}

FileSource::Facts FileSource::facts() const {
  Facts facts = facts_;
  if (plain_) {
    facts.offset = plain_->offset();
    facts.is_whole = !plain_->is_cut();
  } else {
    facts.offset = blocks_->offset();
    facts.blocks = blocks_->blocks();
    facts.damaged_blocks = blocks_->damaged_blocks();
    facts.is_whole = !blocks_->is_cut() && facts.damaged_blocks == 0;
    if (facts.bytes == 0) facts.bytes = facts.offset;  // of a pipe
    if (blocks_->has_more())
      facts.trailing_bytes = std::max<std::uint64_t>(facts.bytes - facts.offset, 1);
  }
  return facts;
}

}  // namespace hoodtrace
