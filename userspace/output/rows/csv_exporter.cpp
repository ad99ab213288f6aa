// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/csv_exporter.hpp"

#include "output/csv_text.hpp"

namespace hoodtrace {

void CsvExporter::begin(std::string& out) {
  out += "type";
  for (const FieldName& name : columns()) (out += ',') += name.key;
  out += "\r\nheader";
  for (const FieldName& name : columns())
    (out += ',') += name.type == FieldType::kText ? "" : empty_value(name.type);
  out += "\r\n";
}

void CsvExporter::write(const EventRow& row, std::string& out) {
  out += row.kind();
  for (std::size_t i = 0; i < columns().size(); i++) {
    out += ',';
    const auto field = static_cast<Field>(i);
    if (!row.has(field)) continue;
    const EventRow::Value& value = row[field];
    if (value.type == EventRow::Type::kText)
      out += csv_text(value.text);
    else if (value.type == EventRow::Type::kJson)
      out += csv_quoted(value.text);
    else
      append_plain(out, value);
  }
  out += "\r\n";
}

std::unique_ptr<Observer> make_csv_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<CsvExporter>(tasks, options);
}

}  // namespace hoodtrace
