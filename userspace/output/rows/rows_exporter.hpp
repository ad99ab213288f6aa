// SPDX-License-Identifier: GPL-2.0-or-later
// What the exporters of rows share: each event becomes its row, and is written as it comes.
#pragma once

#include "output/exporter.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {

class RowsExporter : public Exporter {
 public:
  explicit RowsExporter(const TaskTable& tasks)
      : rows_(tasks, [this](const EventRow& row) { write(row, *out_); }) {}

  void on_event(const Event& event, std::string& out) override {
    out_ = &out;
    rows_.on_event(event);
  }
  void fold(TaskId) override {}
  void finish(const StreamAccount& account, std::string& out) override {
    out_ = &out;
    rows_.finish(account);
  }

 protected:
  virtual void write(const EventRow& row, std::string& out) = 0;

 private:
  std::string* out_ = nullptr;  // during a call
  EventRows rows_;
};

}  // namespace hoodtrace
