// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/totals_reader.hpp"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "live/boot_clock.hpp"
#include "live/bpf_error.hpp"
#include "live/own_process.hpp"

namespace hoodtrace {
namespace {

// The kernel's last use of a cgroup is some 80 ms after its directory has gone.
constexpr std::uint64_t kSettledNs = 2'000'000'000;

std::uint64_t load(const std::uint64_t& number) {
  return __atomic_load_n(&number, __ATOMIC_RELAXED);
}

// While the kernel side goes on counting: each number is of one moment, they are not all of the same.
ht_sums read_sums(const ht_sums& from) {
  constexpr std::size_t kCount = sizeof(ht_sums) / sizeof(std::uint64_t);
  std::uint64_t numbers[kCount];
  const auto* source = reinterpret_cast<const std::uint64_t*>(&from);
  for (std::size_t i = 0; i < kCount; i++) numbers[i] = load(source[i]);
  ht_sums sums;
  std::memcpy(&sums, numbers, sizeof(sums));
  return sums;
}

}  // namespace

TotalsReader::Maps TotalsReader::maps_of(BpfObject& object, const Plan& plan) {
  Maps maps;
  maps.slots = object.map("totals_slots");
  maps.slot_of = object.map("totals_slot_of");
  maps.free = object.map("totals_free");
  maps.cpus = object.map("totals_cpus");
  if (plan.settings.totals_pairs != 0) maps.pairs = object.map("totals_pairs");
  for (const MapSize& size : plan.maps) {
    if (size.map == std::string_view("totals_slots")) maps.slot_count = size.entries;
    if (size.map == std::string_view("totals_cpus")) maps.cpu_count = size.entries;
  }
  return maps;
}

Result<std::unique_ptr<TotalsReader>> TotalsReader::create(BpfObject& object, const Plan& plan,
                                                           const KernelFilter& filter) {
  std::unique_ptr<TotalsReader> reader(new TotalsReader(object, maps_of(object, plan), filter));
  RETURN_IF_ERROR(reader->prepare());
  return reader;
}

Result<void> TotalsReader::prepare() {
  RETURN_IF_ERROR(map_values(maps_.slots, maps_.slot_count, slots_));
  if (maps_.pairs >= 0)
    RETURN_IF_ERROR(map_values(maps_.pairs, maps_.cpu_count * HT_PAIRS_OF_CPU, pairs_));
  // A stack: the first slot is taken first.
  for (std::uint32_t slot = maps_.slot_count; slot-- > maps_.cpu_count;)
    if (bpf_map_update_elem(maps_.free, nullptr, &slot, 0) != 0)
      return bpf_error("fill the list of free slots", errno);
  ht_totals_cpu cpu{};
  cpu.slot = HT_NO_SLOT;
  cpu.lag_min = ~std::uint64_t{0};
  cpu.begin_ns = boot_clock_ns();
  for (std::uint32_t number = 0; number < maps_.cpu_count; number++)
    if (bpf_map_update_elem(maps_.cpus, &number, &cpu, 0) != 0)
      return bpf_error("prepare the CPUs", errno);
  return {};
}

TotalsReader::~TotalsReader() {
  for (const auto& [memory, bytes] : mapped_) ::munmap(memory, bytes);
}

template <class Value>
Result<void> TotalsReader::map_values(int map, std::uint32_t count, Value*& values) {
  static_assert(sizeof(Value) % 8 == 0, "the values of an array map are aligned to eight bytes");
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t bytes = (sizeof(Value) * count + page - 1) / page * page;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  if (memory == MAP_FAILED) return bpf_error("map the sums of serve", errno);
  mapped_.emplace_back(memory, bytes);
  values = static_cast<Value*>(memory);
  return {};
}

void TotalsReader::add_pairs(std::uint64_t now_ns, RecordBuffer& out) const {
  if (pairs_ == nullptr) return;
  for (std::uint32_t place = 0; place < maps_.cpu_count * HT_PAIRS_OF_CPU; place++) {
    const ht_totals_pair_sum& pair = pairs_[place];
    const std::uint64_t ns = load(pair.ns);
    if (ns == 0 || pair.slot >= maps_.slot_count) continue;
    ht_totals_pair record{};
    record.head = {now_ns, 0, HT_TOTALS_PAIR, HT_NO_CPU};
    record.cgroup_id = load(slots_[pair.slot].cgroup_id);
    record.behind_id =
        pair.behind < maps_.slot_count ? load(slots_[pair.behind].cgroup_id) : pair.behind;
    record.ns = ns;
    record.place = place;
    out.add(record);
  }
}

void TotalsReader::forget_pairs(const std::set<std::uint32_t>& slots) {
  if (pairs_ == nullptr || slots.empty()) return;
  for (std::uint32_t place = 0; place < maps_.cpu_count * HT_PAIRS_OF_CPU; place++) {
    ht_totals_pair_sum& pair = pairs_[place];
    if (load(pair.ns) != 0 && (slots.contains(pair.slot) || slots.contains(pair.behind)))
      __atomic_store_n(&pair.ns, std::uint64_t{0}, __ATOMIC_RELEASE);
  }
}

void TotalsReader::look_at(std::span<const RecordView> released, bool is_drained) {
  for (const RecordView& record : released) look_at(record);
  if (!released.empty() && is_drained && released.back().head->time_ns >= held_ns_) held_ns_ = 0;
}

std::uint64_t TotalsReader::pause_ns() const {
  // A snapshot is released once no ring can hold an older record (RingInputs).
  constexpr std::uint64_t kSettleNs = 1'500'000;
  constexpr std::uint64_t kSeldomNs = 1'000'000'000;
  return held_ns_ != 0 ? kSettleNs : kSeldomNs;
}

void TotalsReader::look_at(const RecordView& record) {
  if (record.head->type == HT_CGROUP_NAME) {
    known_[reinterpret_cast<const ht_cgroup_name*>(record.head)->cgroup_id].is_named = true;
  } else if (record.head->type == HT_CGROUP_GONE) {
    const auto* gone = reinterpret_cast<const ht_cgroup_gone*>(record.head);
    known_[gone->cgroup_id].gone_ns = gone->head.time_ns;
  } else if (record.head->type == HT_LOST) {
    may_miss_ends_ |= may_miss(*reinterpret_cast<const ht_lost*>(record.head), HT_CGROUP_GONE);
  }
}

void TotalsReader::name(std::uint64_t cgroup_id, std::uint64_t now_ns, RecordBuffer& out) {
  Known& known = known_[cgroup_id];
  if (known.is_named || known.gone_ns != 0) return;
  const std::string path = names_.path_of(cgroup_id);
  if (path.empty()) return;
  known.is_named = true;
  ht_cgroup_name record{};
  record.head = {now_ns, 0, HT_CGROUP_NAME, HT_NO_CPU};
  record.cgroup_id = cgroup_id;
  out.add(record, path + '\0');
}

// No program writes to it any more: no task is in its cgroup, and none will be.
void TotalsReader::give_back(std::uint32_t number) {
  ht_totals_slot& slot = slots_[number];
  for (std::uint32_t cpu = 0; cpu < maps_.cpu_count; cpu++) {
    const ht_totals_key key{slot.cgroup_id, cpu, 0};
    std::uint32_t found = 0;
    if (bpf_map_lookup_elem(maps_.slot_of, &key, &found) == 0 && found == number)
      bpf_map_delete_elem(maps_.slot_of, &key);
  }
  slot = {};
  __atomic_thread_fence(__ATOMIC_RELEASE);
  bpf_map_update_elem(maps_.free, nullptr, &number, 0);
}

// Records of ends were lost: which of the cgroups cannot be found any more?
void TotalsReader::look_for_missed_ends(std::uint64_t now_ns) {
  if (!may_miss_ends_) return;
  may_miss_ends_ = false;
  for (auto& [id, known] : known_)
    if (known.gone_ns == 0 && names_.path_of(id).empty()) known.gone_ns = now_ns;
}

void TotalsReader::add_slots(std::uint64_t now_ns, RecordBuffer& out) {
  look_for_missed_ends(now_ns);
  in_use_ = 0;
  std::set<std::uint32_t> of_gone;
  for (std::uint32_t number = 0; number < maps_.slot_count; number++) {
    const bool has_none = number < maps_.cpu_count;
    const std::uint64_t id = load(slots_[number].cgroup_id);
    if (!has_none && id == 0) continue;
    if (!has_none) name(id, now_ns, out);
    ht_totals record{};
    record.head = {now_ns, 0, HT_TOTALS, HT_NO_CPU};
    record.cgroup_id = id;
    record.slot = number;
    record.sums = read_sums(slots_[number].sums);
    out.add(record);
    if (has_none) continue;
    const auto known = known_.find(id);
    if (known != known_.end() && known->second.gone_ns != 0 &&
        now_ns > known->second.gone_ns + kSettledNs)
      of_gone.insert(number);
    else
      in_use_++;
  }
  add_pairs(now_ns, out);
  forget_pairs(of_gone);
  for (const std::uint32_t number : of_gone) give_back(number);
  std::erase_if(known_, [now_ns](const auto& one) {
    return one.second.gone_ns != 0 && now_ns > one.second.gone_ns + kSettledNs;
  });
}

// The slots first: a task that leaves its CPU in between is missing in this snapshot, not counted twice.
Result<void> TotalsReader::add_snapshot(std::uint64_t now_ns, RecordBuffer& out) {
  add_slots(now_ns, out);
  RecordBuffer open;
  RETURN_IF_ERROR(object_.scan("scan_totals_open", sizeof(ht_totals_open), open));
  finish_snapshot(now_ns, open, out);
  held_ns_ = now_ns;
  return {};
}

void TotalsReader::finish_snapshot(std::uint64_t now_ns, const RecordBuffer& open,
                                   RecordBuffer& out) {
  for (std::size_t i = 0; i < open.size(); i++) {
    ht_totals_open record = *reinterpret_cast<const ht_totals_open*>(open.at(i).head);
    record.head.time_ns = now_ns;
    name(record.cgroup_id, now_ns, out);
    out.add(record);
  }
  usage_.look();
  out.add(end_of(now_ns));
}

ht_totals_end TotalsReader::end_of(std::uint64_t now_ns) const {
  ht_totals_end end{};
  end.head = {now_ns, 0, HT_TOTALS_END, HT_NO_CPU};
  end.slots_in_use = in_use_;
  end.usage_ns = usage_.since_begin_ns();
  for (std::uint32_t number = 0; number < maps_.cpu_count; number++) {
    ht_totals_cpu cpu{};
    if (bpf_map_lookup_elem(maps_.cpus, &number, &cpu) != 0) continue;
    end.forgotten += cpu.forgotten;
    end.slots_full += cpu.slots_full;
  }
  read_own_process(end);
  return end;
}

}  // namespace hoodtrace
