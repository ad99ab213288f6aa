// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/csv.hpp"

#include <fmt/format.h>

#include "output/csv_text.hpp"

namespace hoodtrace {
namespace {

struct ToCsv {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(std::uint64_t value) const { return fmt::format("{}", value); }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{:.6g}", value); }
  std::string operator()(const std::string& text) const { return csv_text(text); }
};

}  // namespace

std::string CsvRenderer::render(const Report& report) {
  std::string out;
  for (const Table& table : report.tables) {
    if (first_ || report.tables.size() > 1) {
      out += "started_ns,duration_ns";
      for (const Column& column : table.columns) out += "," + column.key;
      out += "\r\n";
    }
    for (const auto& row : table.rows) {
      out += fmt::format("{},{}", report.started_ns, report.duration_ns);
      for (const Cell& cell : row) out += "," + std::visit(ToCsv{}, cell);
      out += "\r\n";
    }
  }
  first_ = false;
  out += fmt::format("# events seen {}, undecodable {}", report.seen, report.undecodable);
  for (const auto& [kind, count] : report.lost) out += fmt::format(", lost {} {}", kind, count);
  if (report.slept.ns != 0)
    out +=
        fmt::format(", slept_ns {}, unmeasured_waits {}", report.slept.ns, report.slept.unmeasured);
  if (report.target_remade_ns) out += fmt::format(", target remade {}", *report.target_remade_ns);
  if (report.culprits_off_ns) out += fmt::format(", culprits off {}", *report.culprits_off_ns);
  if (report.lacks_end) out += ", no end";
  for (const CpuGap& gap : report.offline)
    out += fmt::format(", cpu {} offline {} to {}", gap.cpu, gap.from_ns, gap.until_ns);
  out += "\r\n";
  for (const auto& [key, value] : report.audit.items())
    out += fmt::format("# audit {} {}\r\n", key, value.dump());
  return out;
}

}  // namespace hoodtrace
