// Events as JSON lines, schema "hoodtrace.events/1": first an object of the type "header", which
// tells every column's name, unit and meaning, then an object per event. What does not apply or was
// not measured is left out. A name has one type in all lines; always valid UTF-8.
#pragma once

#include "output/event_rows.hpp"
#include "output/exporter.hpp"

namespace hoodtrace {

class JsonlExporter : public Exporter {
 public:
  explicit JsonlExporter(const TaskTable& tasks);

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
