// SPDX-License-Identifier: GPL-2.0-or-later
// The exporters: each turns the events of a stream into a file of another tool's, as they come and
// in memory that does not grow with the stream.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "output/observer.hpp"
#include "view/procs/options.hpp"

namespace hoodtrace {

struct ExportOptions {
  std::uint64_t least_wait_ns = 1;  // waits that get a slice of their own
  std::vector<std::string> kinds;   // of rows; empty = all
  bool host_ids = false;            // of rows: columns machine_id and boot_id
  ProcsOptions procs = {};          // of the page: which processes are shown
};

struct ExportForm {
  std::string_view name;
  std::string_view summary;
  bool is_binary;
  bool wants_wakers;        // a live run records who woke whom
  bool is_rows;             // a row per event: takes a choice of kinds
  bool is_page;             // shows processes: takes a choice of them
  std::string_view ending;  // of a file's name
  // `tasks` must outlive the exporter.
  std::unique_ptr<Observer> (*make)(TaskTable& tasks, const ExportOptions& options);
};

std::unique_ptr<Observer> make_csv_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Observer> make_html_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Observer> make_jsonl_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Observer> make_perfetto_exporter(TaskTable& tasks, const ExportOptions& options);

// The one list of forms.
inline constexpr std::array kExportForms = {
    ExportForm{"perfetto", "a trace for ui.perfetto.dev and trace_processor", true, true, false,
               false, ".pftrace", make_perfetto_exporter},
    ExportForm{"jsonl", "a JSON object per event, on a line of its own", false, false, true, false,
               ".jsonl", make_jsonl_exporter},
    ExportForm{"csv", "a line per event", false, false, true, false, ".csv", make_csv_exporter},
    ExportForm{"html", "a page for a browser: processes over time", false, false, false, true,
               ".html", make_html_exporter},
};

}  // namespace hoodtrace
