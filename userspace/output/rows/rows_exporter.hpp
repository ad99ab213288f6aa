// SPDX-License-Identifier: GPL-2.0-or-later
// What the exporters of rows share: each event becomes its rows, in the order of the stream; blocks of
// rows become text on other threads, and are written in their order.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "output/exporter.hpp"
#include "output/ordered_work.hpp"
#include "output/rows/event_rows.hpp"
#include "output/rows/row_block.hpp"

namespace hoodtrace {

class RowsExporter : public Observer {
 public:
  // Appends the rows as text. Runs on any thread, for several blocks at a time.
  using Format = std::function<void(const RowBlock& rows, std::string& out)>;

  RowsExporter(TaskTable& tasks, const ExportOptions& options, Format format);

  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId task) override { rows_.fold(task); }
  void finish(const StreamAccount& account, std::string& out) override;

 private:
  // What was lost is never left out.
  [[nodiscard]] bool is_wanted(std::string_view kind) const {
    return kinds_.empty() || kinds_.contains(kind) || kind == kSummaryKind || kind == kLostKind ||
           kind == kTroubleKind;
  }

  std::set<std::string, std::less<>> kinds_;  // that were asked for; empty = all
  RowBlock block_;                            // is filled
  EventRows rows_;
  OrderedWork<RowBlock> formatting_;
};

}  // namespace hoodtrace
