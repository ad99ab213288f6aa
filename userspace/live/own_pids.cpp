// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/own_pids.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace hoodtrace {
namespace {

constexpr ino_t kInitialNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO, include/linux/proc_ns.h

std::uint32_t look_up(const std::unordered_map<std::uint32_t, std::uint32_t>& map,
                      std::uint32_t number) {
  const auto found = map.find(number);
  return found == map.end() ? 0 : found->second;
}

}  // namespace

Result<OwnPids> OwnPids::read(const std::string& btf_path) {
  OwnPids pids;
  struct stat status {};
  pids.same_ = ::stat("/proc/self/ns/pid", &status) != 0 || status.st_ino == kInitialNamespace;
  if (pids.same_) return pids;
  Result<std::unique_ptr<BpfObject>> object = BpfObject::load_scan("scan_own_pids", btf_path);
  if (!object) return object.error();
  RecordBuffer records;
  Result<void> scanned = (*object)->scan("scan_own_pids", sizeof(ht_task_pids), records);
  if (!scanned) return scanned.error();
  for (std::size_t i = 0; i < records.size(); i++) {
    const auto* record = reinterpret_cast<const ht_task_pids*>(records.at(i).head);
    pids.global_of_[record->ns_tid] = record->head.tid;
    pids.own_of_[record->head.tid] = record->ns_tid;
  }
  return pids;
}

std::uint32_t OwnPids::global(std::uint32_t own) const {
  return same_ ? own : look_up(global_of_, own);
}

std::uint32_t OwnPids::own(std::uint32_t global) const {
  return same_ ? global : look_up(own_of_, global);
}

Result<void> OwnPids::translate(KernelFilter& filter) const {
  for (auto* ids : {&filter.pids, &filter.tids})
    for (std::uint32_t& id : *ids) {
      const std::uint32_t number = global(id);
      if (number == 0) return failed(fmt::format("{} ended before it could be traced", id));
      id = number;
    }
  filter.self_pid = global(filter.self_pid);
  return {};
}

}  // namespace hoodtrace
