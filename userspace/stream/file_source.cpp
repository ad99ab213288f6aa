#include "stream/file_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "stream/recording.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  char magic[sizeof(kRecordingMagic)] = {};
  if (::read(fd.get(), magic, sizeof(magic)) != sizeof(magic) ||
      std::memcmp(magic, kRecordingMagic, sizeof(magic)) != 0)
    return failed(fmt::format(
        "{} is not a hoodtrace recording of a version known here; make one with: hoodtrace record "
        "-o FILE",
        path));
  std::unique_ptr<FileSource> source(new FileSource(path, std::move(fd)));
  source->words_.resize((kChunkBytes + 2 * kMaxRecordBytes) / 8);
  return source;
}

Result<std::size_t> FileSource::fill() {
  char* bytes = reinterpret_cast<char*>(words_.data());
  std::memmove(bytes, bytes + start_, end_ - start_);
  end_ -= start_;
  start_ = 0;
  const ssize_t got = ::read(fd_.get(), bytes + end_, words_.size() * 8 - end_);
  if (got < 0) return failed(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
  end_ += static_cast<std::size_t>(got);
  return static_cast<std::size_t>(got);
}

Result<std::span<const RecordView>> FileSource::next() {
  views_.clear();
  if (ended_) return std::span<const RecordView>();
  const Result<std::size_t> got = fill();
  if (!got) return got.error();

  const char* bytes = reinterpret_cast<const char*>(words_.data());
  bool malformed = false;
  while (end_ - start_ >= sizeof(RecordPrefix)) {
    RecordPrefix prefix;
    std::memcpy(&prefix, bytes + start_, sizeof(prefix));
    malformed = prefix.bytes < sizeof(ht_header) || prefix.bytes > kMaxRecordBytes ||
                prefix.bytes % 8 != 0 || prefix.zero != 0;
    if (malformed || end_ - start_ - sizeof(prefix) < prefix.bytes) break;
    const auto* head = reinterpret_cast<const ht_header*>(bytes + start_ + sizeof(prefix));
    views_.push_back({head, prefix.bytes});
    last_ns_ = head->time_ns;
    start_ += sizeof(prefix) + prefix.bytes;
  }
  const bool at_end = *got == 0;
  if (malformed || (at_end && start_ != end_)) {
    ended_ = true;
    ht_trouble trouble{};
    trouble.head = {last_ns_, 0, HT_TROUBLE, HT_NO_CPU};
    trouble.count = 1;
    trouble.what = HT_TROUBLE_UNDECODABLE;
    made_.clear();
    made_.add(trouble);
    views_.push_back(made_.at(0));
  } else if (at_end) {
    ended_ = true;
  } else if (views_.empty()) {
    return next();
  }
  return std::span<const RecordView>(views_);
}

}  // namespace hoodtrace
