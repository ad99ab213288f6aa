// SPDX-License-Identifier: GPL-2.0-or-later
// Which files the units read from disk.

#include <algorithm>

#include "base/text.hpp"
#include "view/boot/view.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kRows = 20;
constexpr std::size_t kUnitWidth = 26;
constexpr std::size_t kFileWidth = 46;

}  // namespace

FileUses uses_of(const BootInput& input, const UnitLoad& load) {
  FileUses sum;
  for (const LifeId id : load.processes) {
    const ProcessLife* life = input.lives.find(id);
    if (life == nullptr) continue;
    const FileUses* uses = input.files.of(life->pid, life->start_boottime_ns);
    if (uses == nullptr) continue;
    for (const auto& [file, use] : *uses) {
      sum[file].bytes += use.bytes;
      sum[file].majors += use.majors;
    }
  }
  return sum;
}

DiskUse disk_use_of(const BootInput& input, const UnitLoad& load) {
  DiskUse sum;
  for (const LifeId id : load.processes) {
    const ProcessLife* life = input.lives.find(id);
    if (life == nullptr) continue;
    if (const DiskUse* use = input.disk.of_process(life->pid, life->start_boottime_ns))
      sum.merge(*use);
  }
  return sum;
}

std::uint64_t bytes_of(const FileUses& uses) {
  std::uint64_t bytes = 0;
  for (const auto& [file, use] : uses) bytes += use.bytes;
  return bytes;
}

Table files_table(const BootInput& input, const ViewOptions& view) {
  struct Row {
    std::string unit;
    FileKey file;
    FileUse use;
  };
  std::vector<Row> rows;
  for (const auto& [unit, load] : input.loads)
    for (const auto& [file, use] : uses_of(input, load)) rows.push_back({unit, file, use});
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(a.use.bytes, a.use.majors) > std::pair(b.use.bytes, b.use.majors);
  });

  Table table;
  table.title = "files read from disk, by the unit that missed them first";
  table.columns = {{"unit", "UNIT", Unit::kText, 1}, {"file", "FILE", Unit::kText, 1}};
  if (input.files.has_bytes()) table.columns.push_back({"bytes", "READ", Unit::kBytes, 1});
  if (input.files.has_majors()) table.columns.push_back({"major_faults", "MAJOR", Unit::kCount, 1});
  const std::size_t top = view.top.value_or(kRows);
  for (const Row& row : rows) {
    if (top != 0 && table.rows.size() == top) break;
    std::string name = input.files.name(row.file);
    // The end of a path says more than its beginning.
    if (name.size() > kFileWidth) name = "..." + name.substr(name.size() - kFileWidth + 3);
    std::vector<Cell> cells{cut_to_width(row.unit, kUnitWidth), std::move(name)};
    if (input.files.has_bytes()) cells.emplace_back(row.use.bytes);
    if (input.files.has_majors()) cells.emplace_back(row.use.majors);
    table.rows.push_back(std::move(cells));
  }
  table.hidden_rows = rows.size() - table.rows.size();
  return table;
}

Json files_json(const BootInput& input, const UnitLoad& load) {
  Json list = Json::array();
  for (const auto& [file, use] : uses_of(input, load))
    list.push_back({{"path", valid_utf8(input.files.name(file))},
                    {"bytes", input.files.has_bytes() ? Json(use.bytes) : Json(nullptr)},
                    {"major_faults", input.files.has_majors() ? Json(use.majors) : Json(nullptr)}});
  return list;
}

}  // namespace hoodtrace
