// SPDX-License-Identifier: GPL-2.0-or-later
// Waits for one of several files: which one was ready, or that the time was over.

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

struct Files {
  Files() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) std::abort();
    read = ends[0];
    write = ends[1];
    event = ::eventfd(0, 0);
  }
  int read = -1;
  int write = -1;
  int event = -1;
};

void take_byte(int fd) {
  char byte = 0;
  (void)!::read(fd, &byte, 1);
}

void give_byte(int fd) { (void)!::write(fd, "x", 1); }

}  // namespace

// "poller" waits for an eventfd and a pipe. "writer" writes to the pipe, then to the eventfd; the
// third wait ends by its timeout.
void play_epoll(const Script& script, Notes& notes) {
  const Files files;
  const std::uint64_t count = script.number("count", 5);
  const std::uint64_t ms = script.number("ms", 20);
  notes.fact("pipe_inode", inode_of(files.read));
  std::atomic<std::uint32_t> asked{0};
  std::thread poller = notes.start("poller", [&] {
    const int poll = ::epoll_create1(0);
    for (const int fd : {files.event, files.read}) {
      epoll_event wanted{};
      wanted.events = EPOLLIN;
      wanted.data.fd = fd;
      ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wanted);
    }
    epoll_event ready[4];
    for (std::uint64_t i = 0; i < count; i++) {
      asked++;
      {
        const Waiting waiting(notes, "pipe");
        ::epoll_wait(poll, ready, 4, -1);
      }
      take_byte(files.read);
      asked++;
      {
        const Waiting waiting(notes, "event");
        ::epoll_wait(poll, ready, 4, -1);
      }
      std::uint64_t value = 0;
      (void)!::read(files.event, &value, sizeof(value));
      const Waiting waiting(notes, "timeout");
      ::epoll_wait(poll, ready, 4, static_cast<int>(ms));
    }
  });
  std::thread writer = notes.start("writer", [&] {
    for (std::uint32_t i = 0; i < count; i++) {
      await(asked, 2 * i + 1);
      sleep_us(ms * 1000);
      give_byte(files.write);
      await(asked, 2 * i + 2);
      sleep_us(ms * 1000);
      const std::uint64_t one = 1;
      (void)!::write(files.event, &one, sizeof(one));
    }
  });
  poller.join();
  writer.join();
}

// poll() of one file that gets ready, and of two; select has the same loop in the kernel.
void play_poll(const Script& script, Notes& notes) {
  const Files files;
  const std::uint64_t count = script.number("count", 5);
  const std::uint64_t ms = script.number("ms", 20);
  notes.fact("pipe_inode", inode_of(files.read));
  std::atomic<std::uint32_t> asked{0};
  std::thread poller = notes.start("poller", [&] {
    pollfd wanted[2] = {{files.read, POLLIN, 0}, {files.event, POLLIN, 0}};
    for (std::uint64_t i = 0; i < count; i++) {
      for (const nfds_t fds : {1, 2}) {
        asked++;
        {
          const Waiting waiting(notes, fds == 1 ? "one" : "two");
          ::poll(wanted, fds, -1);
        }
        take_byte(files.read);
      }
      const Waiting waiting(notes, "timeout");
      ::poll(wanted, 1, static_cast<int>(ms));
    }
  });
  std::thread writer = notes.start("writer", [&] {
    for (std::uint32_t i = 1; i <= 2 * count; i++) {
      await(asked, i);
      sleep_us(ms * 1000);
      give_byte(files.write);
    }
  });
  poller.join();
  writer.join();
}

}  // namespace why_scenes
