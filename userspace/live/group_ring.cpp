// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/group_ring.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hoodtrace {

// Both maps, as userspace sees them.
class MapMemory {
 public:
  MapMemory() = default;
  MapMemory(const MapMemory&) = delete;
  MapMemory& operator=(const MapMemory&) = delete;
  ~MapMemory() {
    for (const auto& [memory, bytes] : parts_) ::munmap(memory, bytes);
  }

  // Null when it cannot be mapped.
  void* add(int map, std::size_t bytes, int protection) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t whole = (bytes + page - 1) / page * page;
    void* memory = ::mmap(nullptr, whole, protection, MAP_SHARED, map, 0);
    if (memory == MAP_FAILED) return nullptr;
    parts_.emplace_back(memory, whole);
    return memory;
  }

 private:
  std::vector<std::pair<void*, std::size_t>> parts_;
};

template <class Ring>
Result<std::vector<GroupRing<Ring>>> GroupRing<Ring>::create(int rings_map, int slots_map,
                                                             std::uint32_t cpus,
                                                             std::uint32_t groups) {
  static_assert(sizeof(Ring) % 8 == 0 && sizeof(Group) % 8 == 0,
                "the values of an array map are aligned to eight bytes");
  const auto memory = std::make_shared<MapMemory>();
  void* rings = memory->add(rings_map, cpus * sizeof(Ring), PROT_READ | PROT_WRITE);
  const void* slots =
      rings == nullptr ? nullptr : memory->add(slots_map, sizeof(Group) * cpus * groups, PROT_READ);
  if (slots == nullptr)
    return failed(fmt::format("cannot map the rings of records: {}", std::strerror(errno)));
  std::vector<GroupRing> made;
  for (std::uint32_t cpu = 0; cpu < cpus; cpu++)
    made.push_back(GroupRing(
        memory, static_cast<Ring*>(rings) + cpu,
        static_cast<const Group*>(slots) + static_cast<std::size_t>(cpu) * groups, groups));
  return made;
}

template <class Ring>
void GroupRing<Ring>::look() {
  seen_end_ = __atomic_load_n(&ring_->writer.written, __ATOMIC_ACQUIRE);
  seen_stored_ = __atomic_load_n(&ring_->writer.stored, __ATOMIC_ACQUIRE);
  while (!copies_.empty() && copies_.back().position >= scanned_) copies_.pop_back();
  if (seen_stored_ < seen_end_) copy_open_group();
  seen_stored_ = std::min(seen_stored_, seen_end_);
}

// The writer overwrites none of the group before it has stored it.
template <class Ring>
void GroupRing<Ring>::copy_open_group() {
  for (std::uint64_t at = std::max(seen_stored_, scanned_); at < seen_end_; at++)
    copies_.push_back({at, ring_->open.records[at % HT_GROUP_LEN]});
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  const std::uint64_t stored = __atomic_load_n(&ring_->writer.stored, __ATOMIC_ACQUIRE);
  if (stored == seen_stored_) return;
  seen_stored_ = stored;
  while (!copies_.empty() && copies_.back().position >= scanned_) copies_.pop_back();
}

template <class Ring>
bool GroupRing<Ring>::scan(RingReader::Item& item) {
  if (scanned_ == seen_end_) return false;
  const Record& record = at(scanned_);
  item.record = {&record.head, sizeof(record)};
  item.position = scanned_++;
  return true;
}

template <class Ring>
void GroupRing<Ring>::consume_to(std::uint64_t position) {
  consumed_ = position;
  while (!copies_.empty() && copies_.front().position < position) copies_.pop_front();
  __atomic_store_n(&ring_->reader.taken, position, __ATOMIC_RELEASE);
}

template class GroupRing<ht_switch_ring>;
template class GroupRing<ht_fault_ring>;
template class GroupRing<ht_waking_ring>;

}  // namespace hoodtrace
