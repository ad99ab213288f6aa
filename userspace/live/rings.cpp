// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/rings.hpp"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "live/bpf_error.hpp"
#include "live/online_cpus.hpp"

namespace hoodtrace {

Result<void> Rings::make_buffers(int rings_map, std::uint64_t ring_bytes,
                                 std::uint32_t possible_cpus) {
  const auto online_count = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  const std::uint32_t count = std::min(online_count, possible_cpus);
  std::vector<int> fds;
  for (std::uint32_t i = 0; i < count; i++) {
    Fd fd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ht_ring", 0, 0, static_cast<__u32>(ring_bytes),
                         nullptr));
    if (!fd)
      return bpf_error(fmt::format("make {} ring buffers of {} bytes", count, ring_bytes), errno);
    fds.push_back(fd.get());
    Result<RingReader> reader = RingReader::create(std::move(fd), ring_bytes);
    if (!reader) return reader.error();
    buffers.push_back(std::move(*reader));
  }
  // A CPU that comes online later shares a ring.
  std::vector<std::uint32_t> cpus(possible_cpus);
  std::vector<int> handed_out(possible_cpus);
  for (std::uint32_t cpu = 0; cpu < possible_cpus; cpu++) {
    cpus[cpu] = cpu;
    handed_out[cpu] = fds[cpu % count];
  }
  // Those that are online, whatever their numbers, have one each.
  std::uint32_t next = 0;
  const std::set<std::uint32_t> online = OnlineCpus().online();
  for (const std::uint32_t cpu : online)
    if (cpu < possible_cpus) handed_out[cpu] = fds[next++ % count];
  // In one batch: after each single update of a map of maps the kernel waits for all CPUs to leave
  // their programs (maybe_wait_bpf_programs), some 10 ms a CPU.
  __u32 done = possible_cpus;
  if (bpf_map_update_batch(rings_map, cpus.data(), handed_out.data(), &done, nullptr) == 0)
    return {};
  for (std::uint32_t cpu = 0; cpu < possible_cpus; cpu++)
    if (bpf_map_update_elem(rings_map, &cpu, &handed_out[cpu], BPF_ANY) != 0)
      return bpf_error("hand out the ring buffers", errno);
  return {};
}

}  // namespace hoodtrace
