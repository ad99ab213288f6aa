// SPDX-License-Identifier: GPL-2.0-or-later
// Waits for other threads of the process: locks with a known holder, the end of a thread, conditions.

#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "support/why_scenes/scenes.hpp"

namespace why_scenes {
namespace {

std::uint64_t address_of(const void* place) { return reinterpret_cast<std::uint64_t>(place); }

// "holder" has the lock for `ms`, `count` times; "waiter" wants it as soon as that has begun.
void hold_and_wait(const Script& script, Notes& notes, int protocol,
                   int robust = PTHREAD_MUTEX_STALLED) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t mutex;
  ::pthread_mutexattr_init(&attributes);
  if (::pthread_mutexattr_setprotocol(&attributes, protocol) != 0 ||
      ::pthread_mutexattr_setrobust(&attributes, robust) != 0 ||
      ::pthread_mutex_init(&mutex, &attributes) != 0)
    cannot("this kernel has no futexes with priority inheritance");
  notes.fact("address", address_of(&mutex));
  const std::uint64_t count = script.number("count", 5);
  const std::uint64_t us = script.number("ms", 50) * 1000;
  std::atomic<std::uint32_t> held{0};
  std::atomic<std::uint32_t> got{0};
  std::thread holder = notes.start("holder", [&] {
    for (std::uint32_t i = 0; i < count; i++) {
      ::pthread_mutex_lock(&mutex);
      held = i + 1;
      sleep_us(us);
      ::pthread_mutex_unlock(&mutex);
      await(got, i + 1);
    }
  });
  std::thread waiter = notes.start("waiter", [&] {
    for (std::uint32_t i = 0; i < count; i++) {
      await(held, i + 1);
      {
        const Waiting waiting(notes, "lock");
        ::pthread_mutex_lock(&mutex);
      }
      ::pthread_mutex_unlock(&mutex);
      got = i + 1;
    }
  });
  holder.join();
  waiter.join();
}

}  // namespace

void play_mutex(const Script& script, Notes& notes) {
  hold_and_wait(script, notes, PTHREAD_PRIO_NONE);
}

void play_pi_mutex(const Script& script, Notes& notes) {
  hold_and_wait(script, notes, PTHREAD_PRIO_INHERIT);
}

void play_robust_mutex(const Script& script, Notes& notes) {
  hold_and_wait(script, notes, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
}

void play_join(const Script& script, Notes& notes) {
  const std::uint64_t us = script.number("ms", 50) * 1000;
  notes
      .start("joiner",
             [&] {
               std::thread ender = notes.start("ender", [us] { sleep_us(us); });
               const Waiting waiting(notes, "join");
               ender.join();
             })
      .join();
}

// "worker" waits for work that "giver" has for it now and then; `pool` others get none until the end.
void play_condition(const Script& script, Notes& notes) {
  const std::uint64_t count = script.number("count", 5);
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable over;
  std::uint64_t given = 0;
  bool ended = false;
  std::vector<std::thread> pool;
  for (std::uint64_t i = 0; i < script.number("pool", 8); i++)
    pool.push_back(notes.start("idle-" + std::to_string(i), [&] {
      const Waiting waiting(notes, "idle");
      std::unique_lock lock(mutex);
      over.wait(lock, [&] { return ended; });
    }));
  std::thread worker = notes.start("worker", [&] {
    for (std::uint64_t i = 0; i < count; i++) {
      const Waiting waiting(notes, "work");
      std::unique_lock lock(mutex);
      work.wait(lock, [&] { return given > i; });
    }
  });
  std::thread giver = notes.start("giver", [&] {
    for (std::uint64_t i = 0; i < count; i++) {
      sleep_us(script.number("ms", 50) * 1000);
      const std::lock_guard lock(mutex);
      given++;
      work.notify_one();
    }
  });
  giver.join();
  worker.join();
  {
    const std::lock_guard lock(mutex);
    ended = true;
    over.notify_all();
  }
  for (std::thread& thread : pool) thread.join();
}

// A storm: all of them want a lock of a few, work for some microseconds and give it away.
void play_futexes(const Script& script, Notes& notes) {
  constexpr std::size_t kLocks = 8;
  std::vector<std::mutex> locks(kLocks);
  std::vector<std::condition_variable> turns(kLocks);
  std::vector<std::uint64_t> passed(kLocks);
  const std::uint64_t threads = script.number("threads", 200);
  const std::uint64_t end_ns = now_ns() + script.number("ms", 3000) * 1'000'000;
  const std::uint64_t work_ns = script.number("us", 0) * 1000;
  std::vector<std::thread> all;
  for (std::uint64_t t = 0; t < threads; t++)
    all.push_back(notes.start("futex-" + std::to_string(t), [&, t] {
      const std::size_t mine = t % kLocks;
      for (;;) {
        std::unique_lock lock(locks[mine]);
        passed[mine]++;
        for (const std::uint64_t until_ns = now_ns() + work_ns; now_ns() < until_ns;) {
        }
        turns[mine].notify_one();
        if (now_ns() >= end_ns) break;
        turns[mine].wait_for(lock, std::chrono::milliseconds(20));
      }
    }));
  for (std::thread& thread : all) thread.join();
  std::uint64_t sum = 0;
  for (const std::uint64_t n : passed) sum += n;
  notes.fact("passed", sum);
}

}  // namespace why_scenes
