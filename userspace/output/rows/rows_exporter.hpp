// SPDX-License-Identifier: GPL-2.0-or-later
// What the exporters of rows share: each event becomes its row, and is written as it comes.
#pragma once

#include <set>
#include <string>

#include "output/exporter.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {

class RowsExporter : public Observer {
 public:
  RowsExporter(TaskTable& tasks, const ExportOptions& options)
      : kinds_(options.kinds.begin(), options.kinds.end()),
        columns_(hoodtrace::columns(options.host_ids)),
        rows_(tasks, options.host_ids, [this](const EventRow& row) {
          if (is_wanted(row.kind())) write(row, *out_);
        }) {}

  void on_event(const Event& event, std::string& out) override {
    out_ = &out;
    rows_.on_event(event);
  }
  void fold(TaskId task) override { rows_.fold(task); }
  void finish(const StreamAccount& account, std::string& out) override {
    out_ = &out;
    rows_.finish(account);
  }

 protected:
  virtual void write(const EventRow& row, std::string& out) = 0;
  [[nodiscard]] std::span<const FieldName> columns() const { return columns_; }

 private:
  // What was lost is never left out.
  [[nodiscard]] bool is_wanted(std::string_view kind) const {
    return kinds_.empty() || kinds_.contains(kind) || kind == kSummaryKind || kind == kLostKind ||
           kind == kTroubleKind;
  }

  std::set<std::string, std::less<>> kinds_;  // that were asked for; empty = all
  std::span<const FieldName> columns_;
  std::string* out_ = nullptr;  // during a call
  EventRows rows_;
};

}  // namespace hoodtrace
