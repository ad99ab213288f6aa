// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/rows_exporter.hpp"

#include <utility>

namespace hoodtrace {

RowsExporter::RowsExporter(TaskTable& tasks, const ExportOptions& options, Format format)
    : kinds_(options.kinds.begin(), options.kinds.end()),
      rows_(tasks, options.host_ids, block_,
            [this](std::string_view kind) { return is_wanted(kind); }),
      formatting_(std::move(format)) {}

void RowsExporter::on_event(const Event& event, std::string& out) {
  rows_.on_event(event);
  if (block_.is_full()) formatting_.add(block_, out);
}

void RowsExporter::finish(const StreamAccount& account, std::string& out) {
  rows_.finish(account);
  formatting_.add(block_, out);
  formatting_.finish(out);
}

}  // namespace hoodtrace
