// SPDX-License-Identifier: GPL-2.0-or-later
// Events as CSV (RFC 4180): a line of column names, which carry their units, a line of the type
// "header" with an empty value (0, false, []) in each column that is no text, and a line per event.
// There are no comment lines: DuckDB, ClickHouse, Spark and pandas read it as it is. Hostile text
// is made printable as in csv_text.hpp.
#pragma once

#include "output/rows/rows_exporter.hpp"

namespace hoodtrace {

class CsvExporter : public RowsExporter {
 public:
  CsvExporter(TaskTable& tasks, const ExportOptions& options);

  void begin(std::string& out) override;

 private:
  std::span<const FieldName> columns_;
};

}  // namespace hoodtrace
