// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/json.hpp"

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/cell_json.hpp"
#include "view/faults/cells.hpp"

namespace hoodtrace {
namespace {

Json kinds_json(const FaultStats& stats) {
  Json kinds = Json::object();
  for (const FaultKindName& kind : kFaultKinds) {
    const FaultCount* count = stats.find(kind.kind);
    if (count == nullptr || count->count == 0) continue;
    kinds[std::string(kind.key)] = {
        {"count", count->count},
        {"time_ns", count->timed == 0 ? Json(nullptr) : Json(count->time_ns)},
        {"p50_ns", to_json(quantile(*count, kP50))},
        {"p99_ns", to_json(quantile(*count, kP99))},
        {"max_ns", to_json(longest(*count))},
        {"bytes", count->bytes}};
  }
  return kinds;
}

}  // namespace

Json fault_task_json(const FaultRow& row) {
  return {{"tid", to_json(optional_cell(row.tid))},
          {"pid", to_json(optional_cell(row.pid))},
          {"comm", to_json(optional_cell(row.comm))},
          {"cgroup", to_json(optional_cell(row.cgroup))},
          {"minor", row.stats.minor},
          {"major", row.stats.major},
          {"kinds", kinds_json(row.stats)}};
}

Json fault_mapping_json(const FaultRow& row) {
  return {{"pid", to_json(optional_cell(row.pid))},
          {"comm", to_json(optional_cell(row.comm))},
          {"name", to_json(optional_cell(row.name))},
          {"dev", row.file ? Json(format_device(row.file->dev)) : Json(nullptr)},
          {"inode", row.file ? Json(row.file->inode) : Json(nullptr)},
          {"kinds", kinds_json(row.stats)}};
}

Json fault_range_json(const FaultRow& row) {
  return {{"pid", to_json(optional_cell(row.pid))},   {"comm", to_json(optional_cell(row.comm))},
          {"name", to_json(optional_cell(row.name))}, {"start", to_json(optional_cell(row.start))},
          {"end", to_json(optional_cell(row.end))},   {"kinds", kinds_json(row.stats)}};
}

}  // namespace hoodtrace
