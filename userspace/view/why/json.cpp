// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/json.hpp"

#include <array>

#include "base/syscalls.hpp"
#include "base/text.hpp"
#include "view/cell_json.hpp"
#include "view/columns.hpp"
#include "view/task_rows.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

Cell text_cell(std::string_view text) {
  if (text.empty()) return {};
  return std::string(text);
}

// There is none of length 0.
Cell time_cell(std::uint64_t ns) {
  if (ns == 0) return {};
  return ns;
}

bool names_somebody(const WhyCause& cause) {
  return cause.by != WhoTable::kUnknown || cause.by_tid != 0;
}

// Who is named by the cause.
Json by_json(const WhyCause& cause, const WhoTable& names) {
  if (!names_somebody(cause)) return nullptr;
  const Who& who = names[cause.by];
  const bool is_task = who.has_pid && who.pid != 0;
  return {{"pid", is_task ? Json(who.pid) : Json(nullptr)},
          {"tid", cause.by_tid != 0 ? Json(cause.by_tid) : Json(nullptr)},
          {"comm", cause.by == WhoTable::kUnknown ? Json(nullptr) : Json(valid_utf8(who.comm))}};
}

Json meanwhile_json(const std::vector<WhyMeanwhile>& meanwhile, const WhoTable& names) {
  Json list = Json::array();
  for (const WhyMeanwhile& other : meanwhile) {
    list.push_back({{"part", key_of(other.cause.part)},
                    {"cause", to_json(text_cell(key_of(other.cause.reason)))},
                    {"object", to_json(text_cell(other.object))},
                    {"by", by_json(other.cause, names)},
                    {"ns", other.ns}});
    if (!other.meanwhile.empty()) list.back()["meanwhile"] = meanwhile_json(other.meanwhile, names);
  }
  return list;
}

// A row of the table: a cause, and whose it is.
struct TableRow {
  const WhyRow& row;
  const WhyLine& line;
  const WhoTable& names;
};

using TableColumn = ColumnOf<TableRow>;

// In the row of the time on a CPU.
template <std::uint64_t CpuCycles::*Field>
Cell cycles_cell(const TableRow& r) {
  const CpuCycles& cycles = r.row.stats.sums.cycles();
  if (r.line.cause.part != WhyPart::kOnCpu || cycles.ran_ns == 0) return {};
  return cycles.*Field;
}

constexpr std::array kColumns = {
    TableColumn{"tid", "TID", Unit::kId, 1,
                [](const TableRow& r) { return optional_cell(r.row.tid); }},
    TableColumn{"pid", "PID", Unit::kId, 1,
                [](const TableRow& r) { return optional_cell(r.row.pid); }},
    TableColumn{"comm", "COMM", Unit::kText, 1,
                [](const TableRow& r) { return optional_cell(r.row.comm); }},
    TableColumn{"cgroup", "CGROUP", Unit::kText, 1,
                [](const TableRow& r) { return optional_cell(r.row.cgroup); }},
    TableColumn{"wall_ns", "WALL", Unit::kNs, 1,
                [](const TableRow& r) -> Cell { return r.row.wall_ns; }},
    TableColumn{"part", "PART", Unit::kText, 1,
                [](const TableRow& r) { return text_cell(key_of(r.line.cause.part)); }},
    TableColumn{"cause", "CAUSE", Unit::kText, 1,
                [](const TableRow& r) { return text_cell(key_of(r.line.cause.reason)); }},
    TableColumn{"call", "CALL", Unit::kText, 1,
                [](const TableRow& r) {
                  return text_cell(syscall_name(r.line.cause.table, r.line.cause.call));
                }},
    TableColumn{"object", "OBJECT", Unit::kText, 1,
                [](const TableRow& r) { return text_cell(r.line.object); }},
    TableColumn{"relation", "RELATION", Unit::kText, 1,
                [](const TableRow& r) { return text_cell(key_of(r.line.cause.relation)); }},
    TableColumn{"by_pid", "BY-PID", Unit::kId, 1,
                [](const TableRow& r) -> Cell {
                  const Who& who = r.names[r.line.cause.by];
                  if (!who.has_pid || who.pid == 0) return {};
                  return static_cast<std::uint64_t>(who.pid);
                }},
    TableColumn{"by_tid", "BY-TID", Unit::kId, 1,
                [](const TableRow& r) -> Cell {
                  if (r.line.cause.by_tid == 0) return {};
                  return static_cast<std::uint64_t>(r.line.cause.by_tid);
                }},
    TableColumn{"by_comm", "BY-COMM", Unit::kText, 1,
                [](const TableRow& r) -> Cell {
                  if (r.line.cause.by == WhoTable::kUnknown) return {};
                  return r.names[r.line.cause.by].comm;
                }},
    TableColumn{"ns", "TIME", Unit::kNs, 1, [](const TableRow& r) -> Cell { return r.line.ns; }},
    TableColumn{"count", "COUNT", Unit::kCount, 1,
                [](const TableRow& r) -> Cell { return r.line.count; }},
    TableColumn{"max_ns", "MAX", Unit::kNs, 1,
                [](const TableRow& r) { return time_cell(r.line.max_ns); }},
    TableColumn{"p99_ns", "P99", Unit::kNs, 1,
                [](const TableRow& r) { return optional_cell(r.line.p99_ns); }},
    TableColumn{"ongoing_ns", "ONGOING", Unit::kNs, 1,
                [](const TableRow& r) { return time_cell(r.line.ongoing_ns); }},
    TableColumn{"user_cycles", "USER-CYCLES", Unit::kCount, 1, cycles_cell<&CpuCycles::user>},
    TableColumn{"kernel_cycles", "KERNEL-CYCLES", Unit::kCount, 1, cycles_cell<&CpuCycles::kernel>},
    TableColumn{"cycles_ran_ns", "CYCLES-RAN", Unit::kNs, 1, cycles_cell<&CpuCycles::ran_ns>},
};

Json cycles_json(const CpuCycles& cycles) {
  if (cycles.ran_ns == 0) return nullptr;
  return {{"user", cycles.user}, {"kernel", cycles.kernel}, {"ran_ns", cycles.ran_ns}};
}

Json part_json(const WhyLine& line, const WhoTable& names) {
  Json part = cause_json(line.cause, line.object, names);
  part.update({{"ns", line.ns},
               {"count", line.count},
               {"max_ns", to_json(time_cell(line.max_ns))},
               {"p99_ns", to_json(optional_cell(line.p99_ns))},
               {"ongoing_ns", to_json(time_cell(line.ongoing_ns))},
               {"meanwhile", meanwhile_json(line.meanwhile, names)}});
  return part;
}

}  // namespace

Json cause_json(const WhyCause& cause, std::string_view object, const WhoTable& names) {
  return {{"part", key_of(cause.part)},
          {"cause", to_json(text_cell(key_of(cause.reason)))},
          {"call", to_json(text_cell(syscall_name(cause.table, cause.call)))},
          {"object", to_json(text_cell(object))},
          {"relation", to_json(text_cell(key_of(cause.relation)))},
          {"by", by_json(cause, names)}};
}

Json why_json(const std::vector<WhyRow>& rows, const WhoTable& names) {
  Json list = Json::array();
  for (const WhyRow& row : rows) {
    Json parts = Json::array();
    for (const WhyLine& line : row.lines) parts.push_back(part_json(line, names));
    list.push_back({{"tid", to_json(optional_cell(row.tid))},
                    {"pid", to_json(optional_cell(row.pid))},
                    {"comm", to_json(optional_cell(row.comm))},
                    {"cgroup", to_json(optional_cell(row.cgroup))},
                    {"wall_ns", row.wall_ns},
                    {"cycles", cycles_json(row.stats.sums.cycles())},
                    {"parts", std::move(parts)}});
  }
  return list;
}

Table why_table(const std::vector<WhyRow>& rows, const WhoTable& names) {
  Table table;
  for (const TableColumn& column : kColumns)
    table.columns.push_back(
        {std::string(column.key), std::string(column.heading), column.unit, column.rank});
  for (const WhyRow& row : rows)
    for (const WhyLine& line : row.lines) {
      auto& cells = table.rows.emplace_back();
      for (const TableColumn& column : kColumns) cells.push_back(column.get({row, line, names}));
    }
  return table;
}

}  // namespace hoodtrace
