#include "live/switch_ring.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hoodtrace {

// Both maps, as userspace sees them.
class SwitchRing::Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
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

Result<std::vector<SwitchRing>> SwitchRing::create(int rings_map, int slots_map, std::uint32_t cpus,
                                                   std::uint32_t chunk_shift) {
  static_assert(sizeof(ht_switch) % 8 == 0, "an array map's values are eight bytes apart");
  const std::size_t slots = std::size_t{HT_SWITCH_CHUNKS} << chunk_shift;
  const auto mapping = std::make_shared<Mapping>();
  void* rings = mapping->add(rings_map, cpus * sizeof(ht_switch_ring), PROT_READ | PROT_WRITE);
  const void* records = rings == nullptr
                            ? nullptr
                            : mapping->add(slots_map, sizeof(ht_switch) * cpus * slots, PROT_READ);
  if (records == nullptr)
    return failed(fmt::format("cannot map the rings of switches: {}", std::strerror(errno)));
  std::vector<SwitchRing> made;
  for (std::uint32_t cpu = 0; cpu < cpus; cpu++) {
    auto* const ring = static_cast<ht_switch_ring*>(rings) + cpu;
    static_assert(HT_SWITCH_CHUNKS == 64);
    ring->unused = ~0ULL;
    made.push_back(SwitchRing(mapping, ring, static_cast<const ht_switch*>(records) + cpu * slots,
                              chunk_shift));
  }
  return made;
}

void SwitchRing::look() { seen_end_ = __atomic_load_n(&ring_->written, __ATOMIC_ACQUIRE); }

bool SwitchRing::scan(RingReader::Item& item) {
  if (scanned_ == seen_end_) return false;
  // Its place does not change before it is consumed.
  const std::uint64_t chunk = scanned_ >> chunk_shift_;
  const std::uint64_t place = ring_->places[chunk % HT_SWITCH_CHUNKS];
  const ht_switch& slot =
      slots_[(place << chunk_shift_) + (scanned_ & ((1ULL << chunk_shift_) - 1))];
  item.record = {&slot.head, sizeof(slot)};
  item.position = scanned_++;
  return true;
}

void SwitchRing::consume_to(std::uint64_t position) {
  __atomic_store_n(&ring_->taken, position, __ATOMIC_RELEASE);
}

}  // namespace hoodtrace
