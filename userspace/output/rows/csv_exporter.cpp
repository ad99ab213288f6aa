// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/csv_exporter.hpp"

#include <algorithm>
#include <vector>

#include "output/csv_text.hpp"
#include "output/rows/row_line.hpp"

namespace hoodtrace {
namespace {

void put_text(RowLine& line, std::string_view text) {
  line.reserve(text.size());
  line.put(text);
}

void put_value(RowLine& line, const RowBlock& rows, const RowValue& value) {
  if (value.type != FieldType::kText && value.type != FieldType::kJson)
    return line.put_plain(value);
  const std::string_view text = rows.text(value);
  if (value.type == FieldType::kJson)
    put_text(line, csv_quoted(text));
  else if (is_plain_csv(text))
    put_text(line, text);
  else
    put_text(line, csv_text(text));
}

void format_csv(const RowBlock& rows, std::size_t columns, std::string& out) {
  RowLine line;
  std::vector<RowValue> values;  // of a row, by column
  for (const RowBlock::Row& row : rows.rows()) {
    const std::span<const RowValue> as_set = rows.values(row);
    values.assign(as_set.begin(), as_set.end());
    // Most were set in the order of the columns.
    for (std::size_t i = 1; i < values.size(); i++)
      for (std::size_t k = i; k > 0 && values[k].field < values[k - 1].field; k--)
        std::swap(values[k], values[k - 1]);
    line.clear();
    line.reserve(row.kind.size());
    line.put(row.kind);
    std::size_t commas = 0;
    for (const RowValue& value : values) {
      const std::size_t before = static_cast<std::size_t>(value.field) + 1 - commas;
      line.reserve(before + RowLine::kLeastFill + RowLine::kMostPlain);
      line.fill(before, ',');
      commas += before;
      put_value(line, rows, value);
    }
    line.reserve(columns - commas + RowLine::kLeastFill + 2);
    line.fill(columns - commas, ',');
    line.put("\r\n");
    out.append(line.view());
  }
}

}  // namespace

CsvExporter::CsvExporter(TaskTable& tasks, const ExportOptions& options)
    : RowsExporter(tasks, options,
                   [columns = columns(options.host_ids).size()](
                       const RowBlock& rows, std::string& out) { format_csv(rows, columns, out); }),
      columns_(columns(options.host_ids)) {}

void CsvExporter::begin(std::string& out) {
  out += "type";
  for (const FieldName& name : columns_) (out += ',') += name.key;
  out += "\r\nheader";
  for (const FieldName& name : columns_)
    (out += ',') += name.type == FieldType::kText ? "" : empty_value(name.type);
  out += "\r\n";
}

std::unique_ptr<Observer> make_csv_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<CsvExporter>(tasks, options);
}

}  // namespace hoodtrace
