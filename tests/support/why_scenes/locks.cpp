// SPDX-License-Identifier: GPL-2.0-or-later
// Locks whose holder waits itself, and locks for reading and writing.

#include <pthread.h>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

// Functions of their own, which stacks are to name.
[[gnu::noinline]] void take_outer_lock(pthread_mutex_t* lock) {
  ::pthread_mutex_lock(lock);
  asm volatile("" ::: "memory");  // not the last call: it would be a jump
}

[[gnu::noinline]] void wait_for_the_outer_lock(pthread_mutex_t* lock, Notes& notes) {
  const Waiting waiting(notes, "outer");
  take_outer_lock(lock);
}

}  // namespace

// "last" sleeps with the inner lock for `ms`; "middle" has the outer lock and wants the inner one; "first"
// wants the outer one.
void play_chain(const Script& script, Notes& notes) {
  const std::uint64_t us = script.number("ms", 50) * 1000;
  pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
  std::atomic<std::uint32_t> inner_held{0};
  std::atomic<std::uint32_t> outer_held{0};
  std::thread last = notes.start("last", [&] {
    ::pthread_mutex_lock(&inner);
    inner_held = 1;
    await(outer_held, 1);
    sleep_us(us);
    ::pthread_mutex_unlock(&inner);
  });
  std::thread middle = notes.start("middle", [&] {
    await(inner_held, 1);
    ::pthread_mutex_lock(&outer);
    outer_held = 1;
    {
      const Waiting waiting(notes, "inner");
      ::pthread_mutex_lock(&inner);
    }
    ::pthread_mutex_unlock(&inner);
    ::pthread_mutex_unlock(&outer);
  });
  std::thread first = notes.start("first", [&] {
    await(outer_held, 1);
    wait_for_the_outer_lock(&outer, notes);
    ::pthread_mutex_unlock(&outer);
  });
  last.join();
  middle.join();
  first.join();
}

// "writer" writes for `ms`, `count` times; meanwhile "reader" wants to read, or "second" to write.
void play_rwlock(const Script& script, Notes& notes) {
  const std::uint64_t count = script.number("count", 4);
  const std::uint64_t us = script.number("ms", 50) * 1000;
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  std::atomic<std::uint32_t> written{0};
  std::atomic<std::uint32_t> got{0};
  std::thread writer = notes.start("writer", [&] {
    for (std::uint32_t i = 0; i < count; i++) {
      ::pthread_rwlock_wrlock(&lock);
      written = i + 1;
      sleep_us(us);
      ::pthread_rwlock_unlock(&lock);
      await(got, i + 1);
    }
  });
  const auto want = [&](std::uint32_t turn, int (*take)(pthread_rwlock_t*)) {
    for (std::uint32_t i = turn; i < count; i += 2) {
      await(written, i + 1);
      {
        const Waiting waiting(notes, "lock");
        take(&lock);
      }
      ::pthread_rwlock_unlock(&lock);
      got = i + 1;
    }
  };
  std::thread reader = notes.start("reader", [&] { want(0, ::pthread_rwlock_rdlock); });
  std::thread second = notes.start("second", [&] { want(1, ::pthread_rwlock_wrlock); });
  writer.join();
  reader.join();
  second.join();
}

}  // namespace why_scenes
