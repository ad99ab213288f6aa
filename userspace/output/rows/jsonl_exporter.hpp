// SPDX-License-Identifier: GPL-2.0-or-later
// Events as JSON lines, schema "hoodtrace.events/1": first an object of the type "header", which has
// every column's name, type, unit and meaning, and an empty value under each name; then an object
// per event. What does not apply or was not measured is left out. A name has one type in all lines;
// always valid UTF-8.
#pragma once

#include "output/rows/rows_exporter.hpp"

namespace hoodtrace {

class JsonlExporter : public RowsExporter {
 public:
  JsonlExporter(TaskTable& tasks, const ExportOptions& options);

  void begin(std::string& out) override;

 private:
  std::span<const FieldName> columns_;
};

}  // namespace hoodtrace
