// SPDX-License-Identifier: GPL-2.0-or-later
// Pipes between processes: full, empty, and read by io_uring.

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

constexpr std::size_t kPage = 4096;

struct Pipe {
  Pipe() {
    if (::pipe(ends) != 0) std::abort();
    ::fcntl(ends[1], F_SETPIPE_SZ, kPage);  // one page: the second write waits
  }
  int ends[2] = {-1, -1};
};

// A ring of eight entries, driven by its system calls alone.
class Ring {
 public:
  Ring() {
    fd_ = static_cast<int>(::syscall(SYS_io_uring_setup, 8, &parameters_));
    if (fd_ < 0) cannot("this kernel has no io_uring");
    queue_ = static_cast<char*>(
        map(parameters_.sq_off.array + parameters_.sq_entries * sizeof(std::uint32_t),
            IORING_OFF_SQ_RING));
    done_ = static_cast<char*>(
        map(parameters_.cq_off.cqes + parameters_.cq_entries * sizeof(io_uring_cqe),
            IORING_OFF_CQ_RING));
    entries_ = static_cast<io_uring_sqe*>(
        map(parameters_.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
  }

  // Reads and waits for the result.
  void read(int fd, void* into, unsigned bytes) {
    std::memset(&entries_[0], 0, sizeof(entries_[0]));
    entries_[0].opcode = IORING_OP_READ;
    entries_[0].fd = fd;
    entries_[0].addr = reinterpret_cast<std::uint64_t>(into);
    entries_[0].len = bytes;
    std::uint32_t& tail = word(queue_, parameters_.sq_off.tail);
    (&word(queue_, parameters_.sq_off.array))[tail & (parameters_.sq_entries - 1)] = 0;
    std::atomic_ref(tail).store(tail + 1, std::memory_order_release);
    ::syscall(SYS_io_uring_enter, fd_, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0);
    std::uint32_t& head = word(done_, parameters_.cq_off.head);
    std::atomic_ref(head).store(head + 1, std::memory_order_release);
  }

 private:
  void* map(std::size_t bytes, off_t what) const {
    void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, what);
    if (place == MAP_FAILED) cannot("this kernel has no io_uring");
    return place;
  }
  static std::uint32_t& word(char* base, std::uint32_t offset) {
    return *reinterpret_cast<std::uint32_t*>(base + offset);
  }

  io_uring_params parameters_{};
  int fd_ = -1;
  char* queue_ = nullptr;
  char* done_ = nullptr;
  io_uring_sqe* entries_ = nullptr;
};

}  // namespace

// First "sink" is slow and "source" waits for room, then "source" is slow and "sink" waits for data.
void play_pipes(const Script& script, Notes& notes) {
  const Pipe pipe;
  const std::uint64_t count = script.number("count", 10);
  const std::uint64_t us = script.number("ms", 20) * 1000;
  notes.fact("pipe_inode", inode_of(pipe.ends[0]));
  const pid_t source = notes.fork("source", [&] {
    ::close(pipe.ends[0]);
    char page[kPage] = {};
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "full");
      (void)!::write(pipe.ends[1], page, kPage);
    }
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(us);
      (void)!::write(pipe.ends[1], page, kPage);
    }
  });
  const pid_t sink = notes.fork("sink", [&] {
    ::close(pipe.ends[1]);
    char page[kPage];
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(us);
      (void)!::read(pipe.ends[0], page, kPage);
    }
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "empty");
      (void)!::read(pipe.ends[0], page, kPage);
    }
  });
  ::waitpid(source, nullptr, 0);
  ::waitpid(sink, nullptr, 0);
}

// "mover" splices a file into a pipe that "other" empties slowly, then what "other" slowly writes into a
// second pipe to /dev/null. The first splice finds room, and one that comes late finds data.
void play_splice(const Script& script, Notes& notes) {
  const Pipe full;
  const Pipe empty;
  const std::uint64_t count = script.number("count", 10);
  const std::uint64_t us = script.number("ms", 20) * 1000;
  notes.fact("full_inode", inode_of(full.ends[0]));
  notes.fact("empty_inode", inode_of(empty.ends[0]));
  const int file = ::memfd_create("spliced", MFD_CLOEXEC);
  if (file < 0 || ::ftruncate(file, static_cast<off_t>(count * kPage)) != 0) std::abort();
  const pid_t mover = notes.fork("mover", [&] {
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "full");
      (void)!::splice(file, nullptr, full.ends[1], nullptr, kPage, 0);
    }
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "empty");
      (void)!::splice(empty.ends[0], nullptr, nothing, nullptr, kPage, 0);
    }
  });
  const pid_t other = notes.fork("other", [&] {
    char page[kPage] = {};
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(us);
      (void)!::read(full.ends[0], page, kPage);
    }
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(us);
      (void)!::write(empty.ends[1], page, kPage);
    }
  });
  ::waitpid(mover, nullptr, 0);
  ::waitpid(other, nullptr, 0);
}

// The kernel sets in_iowait while a thread waits for completions (io_uring/io_uring.c,
// io_cqring_wait), whatever they are of.
void play_uring(const Script& script, Notes& notes) {
  const Pipe pipe;
  const std::uint64_t count = script.number("count", 5);
  const std::uint64_t us = script.number("ms", 20) * 1000;
  std::atomic<std::uint32_t> asked{0};
  std::thread reader = notes.start("reader", [&] {
    Ring ring;
    char byte = 0;
    for (std::uint64_t i = 0; i < count; i++) {
      asked++;
      const Waiting waiting(notes, "ring");
      ring.read(pipe.ends[0], &byte, 1);
    }
  });
  std::thread writer = notes.start("writer", [&] {
    for (std::uint32_t i = 0; i < count; i++) {
      await(asked, i + 1);
      sleep_us(us);
      (void)!::write(pipe.ends[1], "x", 1);
    }
  });
  reader.join();
  writer.join();
}

}  // namespace why_scenes
