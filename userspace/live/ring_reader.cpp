// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/ring_reader.hpp"

#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace hoodtrace {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::uint64_t load(const void* at) {
  return __atomic_load_n(static_cast<const std::uint64_t*>(at), __ATOMIC_ACQUIRE);
}

}  // namespace

Result<RingReader> RingReader::create(Fd fd, std::size_t bytes) {
  RingReader ring(std::move(fd), bytes);
  const std::size_t page = ring.page_bytes_ = page_bytes();
  const auto error = [] {
    return failed(fmt::format("cannot map a BPF ring buffer: {}", std::strerror(errno)));
  };
  void* consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd_.get(), 0);
  if (consumer == MAP_FAILED) return error();
  ring.consumer_page_ = consumer;
  void* producer = ::mmap(nullptr, page + 2 * bytes, PROT_READ, MAP_SHARED, ring.fd_.get(),
                          static_cast<off_t>(page));
  if (producer == MAP_FAILED) return error();
  ring.producer_pages_ = producer;
  ring.scanned_ = ring.consumed_ = ring.seen_end_ = load(ring.consumer_page_);
  return ring;
}

RingReader::RingReader(RingReader&& other) noexcept
    : fd_(std::move(other.fd_)),
      bytes_(other.bytes_),
      page_bytes_(other.page_bytes_),
      consumer_page_(std::exchange(other.consumer_page_, nullptr)),
      producer_pages_(std::exchange(other.producer_pages_, nullptr)),
      scanned_(other.scanned_),
      seen_end_(other.seen_end_),
      consumed_(other.consumed_),
      blocked_(other.blocked_) {}

RingReader::~RingReader() {
  if (consumer_page_ != nullptr) ::munmap(consumer_page_, page_bytes_);
  if (producer_pages_ != nullptr) ::munmap(producer_pages_, page_bytes_ + 2 * bytes_);
}

void RingReader::look() {
  seen_end_ = load(producer_pages_);
  blocked_ = false;
}

bool RingReader::scan(Item& item) {
  const char* data = static_cast<const char*>(producer_pages_) + page_bytes_;
  while (scanned_ < seen_end_) {
    const char* at = data + (scanned_ & (bytes_ - 1));
    const std::uint32_t header =
        __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_ACQUIRE);
    if (header & BPF_RINGBUF_BUSY_BIT) {
      blocked_ = true;
      return false;
    }
    const std::uint32_t length = header & ~BPF_RINGBUF_DISCARD_BIT;
    const std::uint64_t position = scanned_;
    scanned_ += (length + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
    if (header & BPF_RINGBUF_DISCARD_BIT) continue;
    item.record = {reinterpret_cast<const ht_header*>(at + BPF_RINGBUF_HDR_SZ), length};
    item.position = position;
    return true;
  }
  return false;
}

RecordView RingReader::read(std::uint64_t& position) const {
  const char* data = static_cast<const char*>(producer_pages_) + page_bytes_;
  for (;;) {
    const char* at = data + (position & (bytes_ - 1));
    const std::uint32_t header = *reinterpret_cast<const std::uint32_t*>(at);
    const std::uint32_t length = header & ~BPF_RINGBUF_DISCARD_BIT;
    position += (length + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
    if ((header & BPF_RINGBUF_DISCARD_BIT) == 0)
      return {reinterpret_cast<const ht_header*>(at + BPF_RINGBUF_HDR_SZ), length};
  }
}

void RingReader::consume_to(std::uint64_t position) {
  consumed_ = position;
  __atomic_store_n(static_cast<std::uint64_t*>(consumer_page_), position, __ATOMIC_RELEASE);
}

}  // namespace hoodtrace
