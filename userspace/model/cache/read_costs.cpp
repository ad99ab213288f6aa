// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cache/read_costs.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// Are its bytes now in the page cache, and is its time known?
bool fills_the_cache(const ht_disk& request) {
  constexpr std::uint16_t kNot = HT_REQ_OPEN | HT_REQ_DIRECT | HT_REQ_CUT;
  return request.op == HT_DISK_READ && (request.flags & kNot) == 0 && request.status == 0 &&
         request.upper == 0 && request.bytes != 0 && request.issue_ns != 0 &&
         request.complete_ns >= request.issue_ns;
}

}  // namespace

void ReadCosts::on(const ht_disk_part& part) {
  if (parts_.size() >= kMostParts) parts_.clear();
  parts_[part.serial].push_back(part);
}

void ReadCosts::set(const FileTable& files, const ht_file_key& file, std::uint64_t first,
                    std::uint64_t bytes, const Cost& cost) {
  if (first == HT_UNKNOWN_NS) return;
  // A file of which no page was recorded has none whose use could be known.
  if (const FileId id = files.find(file); id != kOtherFiles) costs_.set(id, first, bytes, cost);
}

void ReadCosts::on(const ht_disk& request, const FileTable& files) {
  std::vector<ht_disk_part> parts;
  if (const auto found = parts_.find(request.serial); found != parts_.end()) {
    parts = std::move(found->second);
    parts_.erase(found);
  }
  if (!fills_the_cache(request)) return;
  const Cost cost{request.complete_ns - request.issue_ns, request.bytes};
  std::uint64_t rest = request.bytes;
  for (const ht_disk_part& part : parts) {
    const std::uint64_t bytes = std::min<std::uint64_t>(part.bytes, rest);
    rest -= bytes;
    if (part.kind == HT_DISK_OF_FILE) set(files, part.file, part.offset, bytes, cost);
  }
  if (request.kind == HT_DISK_OF_FILE) set(files, request.file, request.offset, rest, cost);
}

std::optional<double> ReadCosts::take(FileId file, std::uint64_t first, std::uint64_t bytes) {
  std::optional<double> ns;
  costs_.take(file, first, bytes, [&ns](const Cost& cost, std::uint64_t taken) {
    ns = ns.value_or(0) + static_cast<double>(cost.service_ns) * static_cast<double>(taken) /
                              static_cast<double>(cost.bytes);
  });
  return ns;
}

void ReadCosts::forget_all() {
  costs_.forget_all();
  parts_.clear();
}

}  // namespace hoodtrace
