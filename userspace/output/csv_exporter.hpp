// Events as CSV (RFC 4180): a line of column names, which carry their units, and a line per event.
// There are no comment lines: DuckDB, ClickHouse, Spark and pandas read it as it is. Hostile text
// is made printable as in csv_text.hpp.
#pragma once

#include "output/event_rows.hpp"
#include "output/exporter.hpp"

namespace hoodtrace {

class CsvExporter : public Exporter {
 public:
  explicit CsvExporter(const TaskTable& tasks);

  void begin(std::string& out) override;
  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId) override {}
  void finish(const StreamAccount& account, std::string& out) override;

 private:
  void write(const EventRow& row);

  std::string* out_ = nullptr;  // during a call
  EventRows rows_;
};

}  // namespace hoodtrace
