// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/faults/rows.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

struct Row {
  std::uint32_t pid = 0;
  std::string signal;
  std::optional<std::string> mapping;  // none: the address is in no mapping
  std::string comm;
  FaultSignal what;
};

std::string signal_name(std::uint8_t signal) {
  if (signal == SIGSEGV) return "SIGSEGV";
  return signal == SIGBUS ? "SIGBUS" : fmt::format("signal {}", signal);
}

std::string where_of(const Row& row) {
  if (!row.what.first_address) return "at an address that the CPU did not report";
  return fmt::format("first at {:#x}, in {}", *row.what.first_address,
                     row.mapping ? printable(*row.mapping) : "no mapping");
}

// The most frequent first.
std::vector<Row> rows_of(const FaultSignals& signals, const TaskTable& tasks,
                         const FileTable& files) {
  std::vector<Row> rows;
  for (const auto& [key, what] : signals.list()) {
    const auto& [pid, signal, place, has_address, file] = key;
    static_cast<void>(has_address);  // what.first_address says it
    Row row{pid, signal_name(signal), {}, {}, what};
    if (place != HT_PLACE_UNKNOWN) row.mapping = mapping_name(place, file, files);
    TaskId task = tasks.find(pid);
    if (task == kNoTask) task = tasks.find(what.first_tid);
    if (task != kNoTask) row.comm = std::string(comm_view(tasks[task]));
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.what.count > b.what.count; });
  return rows;
}

}  // namespace

void add_fault_signals(const FaultSignals& signals, const TaskTable& tasks, const FileTable& files,
                       Report& report) {
  constexpr std::size_t kShown = 10;
  const std::vector<Row> rows = rows_of(signals, tasks, files);
  for (std::size_t i = 0; i < rows.size() && i < kShown; i++) {
    const Row& row = rows[i];
    report.remarks.push_back(fmt::format(
        "{}: {} ({}) {}, {}", row.signal, printable(row.comm), row.pid,
        row.what.count == 1 ? "once" : fmt::format("{} times", format_grouped(row.what.count)),
        where_of(row)));
  }
  if (rows.size() > kShown)
    report.remarks.push_back(
        fmt::format("SIGSEGV, SIGBUS: {} more mappings (--format json has all)",
                    format_grouped(rows.size() - kShown)));
}

void add_fault_signals_json(const FaultSignals& signals, const TaskTable& tasks,
                            const FileTable& files, Report& report) {
  Json list = Json::array();
  for (const Row& row : rows_of(signals, tasks, files))
    list.push_back(
        {{"pid", row.pid},
         {"comm", valid_utf8(row.comm)},
         {"signal", row.signal},
         {"mapping", row.mapping ? Json(valid_utf8(*row.mapping)) : Json(nullptr)},
         {"first_address", row.what.first_address ? Json(*row.what.first_address) : Json(nullptr)},
         {"first_tid", row.what.first_tid},
         {"count", row.what.count}});
  report.body.emplace_back("signals", std::move(list));
}

}  // namespace hoodtrace
