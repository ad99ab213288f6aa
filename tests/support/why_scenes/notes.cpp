// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/why_scenes/notes.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace why_scenes {
namespace {

void* shared_memory(std::size_t bytes) {
  void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (place != MAP_FAILED) return place;
  std::perror("mmap");
  std::exit(1);
}

void print_counters(const char* key, const workload::TaskCounters& counters) {
  std::printf("\"%s\":{\"ran_ns\":%" PRIu64 ",\"run_delay_ns\":%" PRIu64 ",\"nvcsw\":%" PRIu64
              ",\"nivcsw\":%" PRIu64 "}",
              key, counters.ran_ns, counters.run_delay_ns, counters.nvcsw, counters.nivcsw);
}

}  // namespace

Notes::Notes() : shared_(static_cast<Shared*>(shared_memory(sizeof(Shared)))) {}

Notes::~Notes() { ::munmap(shared_, sizeof(Shared)); }

void Notes::begin(const std::string& name) {
  const std::uint32_t index = shared_->threads++;
  if (index >= kThreads) std::abort();
  workload::begin(shared_->thread[index].counters, name);
}

void Notes::end() { workload::end(own().counters); }

Notes::Thread& Notes::own() const {
  const pid_t tid = ::gettid();
  const std::uint32_t count = shared_->threads;
  for (std::uint32_t i = 0; i < count; i++)
    if (shared_->thread[i].counters.tid == tid) return shared_->thread[i];
  std::abort();
}

std::thread Notes::start(const std::string& name, const std::function<void()>& play) {
  return std::thread([this, name, play] {
    begin(name);
    play();
    end();
  });
}

pid_t Notes::fork(const std::string& name, const std::function<void()>& play) {
  const pid_t child = ::fork();
  if (child < 0) std::abort();
  if (child != 0) return child;
  begin(name);
  play();
  end();
  ::_exit(0);
}

void Notes::waited(const char* label, std::uint64_t ns) {
  for (Wait& wait : own().waits) {
    if (wait.label[0] == 0) std::snprintf(wait.label, sizeof(wait.label), "%s", label);
    if (std::strcmp(wait.label, label) != 0) continue;
    wait.ns += ns;
    wait.count++;
    wait.max_ns = std::max(wait.max_ns, ns);
    return;
  }
  std::abort();
}

void Notes::fact(const char* key, std::uint64_t value) {
  const std::uint32_t index = shared_->facts++;
  if (index >= kFacts) std::abort();
  Fact& fact = shared_->fact[index];
  fact.value = value;
  std::snprintf(fact.key, sizeof(fact.key), "%s", key);
}

void Notes::print(const char* scene) const {
  std::printf("{\"scene\":\"%s\",\"pid\":%d,\"threads\":[", scene, ::getpid());
  for (std::uint32_t i = 0; i < shared_->threads; i++) {
    const Thread& thread = shared_->thread[i];
    std::printf("%s{\"name\":\"%s\",\"tid\":%d,\"pid\":%d,", i == 0 ? "" : ",",
                thread.counters.name, thread.counters.tid, thread.counters.pid);
    print_counters("start", thread.counters.start);
    std::printf(",");
    print_counters("end", thread.counters.end);
    std::printf(",\"waits\":{");
    const char* comma = "";
    for (const Wait& wait : thread.waits) {
      if (wait.label[0] == 0) break;
      std::printf("%s\"%s\":{\"ns\":%" PRIu64 ",\"count\":%" PRIu64 ",\"max_ns\":%" PRIu64 "}",
                  comma, wait.label, wait.ns, wait.count, wait.max_ns);
      comma = ",";
    }
    std::printf("}}");
  }
  std::printf("],\"facts\":{");
  for (std::uint32_t i = 0; i < shared_->facts; i++)
    std::printf("%s\"%s\":%" PRIu64, i == 0 ? "" : ",", shared_->fact[i].key,
                shared_->fact[i].value);
  std::printf("}}\n");
  std::fflush(stdout);
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

void cannot(const char* reason) {
  std::printf("{\"cannot\":\"%s\"}\n", reason);
  std::fflush(stdout);
  std::_Exit(77);
}

void await(const std::atomic<std::uint32_t>& flag, std::uint32_t value) {
  while (flag < value) sleep_us(200);
}

std::atomic<std::uint32_t>* shared_flags(std::size_t count) {
  return static_cast<std::atomic<std::uint32_t>*>(
      shared_memory(sizeof(std::atomic<std::uint32_t>) * count));
}

}  // namespace why_scenes
