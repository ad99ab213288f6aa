#include "stream/plain_source.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "stream/recording.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

struct RecordPrefix {
  std::uint32_t bytes;
  std::uint32_t zero;
};

}  // namespace

PlainSource::PlainSource(std::string path, Fd fd)
    : path_(std::move(path)), fd_(std::move(fd)), words_((kChunkBytes + 2 * kMaxRecordBytes) / 8) {}

Result<std::size_t> PlainSource::fill() {
  char* bytes = reinterpret_cast<char*>(words_.data());
  std::memmove(bytes, bytes + start_, end_ - start_);
  end_ -= start_;
  start_ = 0;
  const ssize_t got = ::read(fd_.get(), bytes + end_, words_.size() * 8 - end_);
  if (got < 0) return failed(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
  end_ += static_cast<std::size_t>(got);
  read_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

Result<std::span<const RecordView>> PlainSource::next() {
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
    ended_ = is_cut_ = true;
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
