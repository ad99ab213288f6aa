// SPDX-License-Identifier: GPL-2.0-or-later
// Turns the events of a stream into a file of another tool's, as they come: in memory that does not
// grow with the stream.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/stream_account.hpp"

namespace hoodtrace {

struct ExportOptions {
  std::uint64_t least_wait_ns = 1;  // waits that get a slice of their own
};

class Exporter {
 public:
  Exporter() = default;
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;
  virtual ~Exporter() = default;

  // Appends to `out` what comes before the events.
  virtual void begin(std::string& out) = 0;
  // Appends what the event adds. The TaskTable has seen it, and everything before it, already.
  virtual void on_event(const Event& event, std::string& out) = 0;
  // The TaskTable is about to forget a task.
  virtual void fold(TaskId task) = 0;
  // Appends what comes after the events; the last call.
  virtual void finish(const StreamAccount& account, std::string& out) = 0;
};

struct ExportForm {
  std::string_view name;
  std::string_view summary;
  bool is_binary;
  bool wants_wakers;  // a live run records who woke whom
  // `tasks` must outlive the exporter.
  std::unique_ptr<Exporter> (*make)(TaskTable& tasks, const ExportOptions& options);
};

std::unique_ptr<Exporter> make_csv_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Exporter> make_html_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Exporter> make_jsonl_exporter(TaskTable& tasks, const ExportOptions& options);
std::unique_ptr<Exporter> make_perfetto_exporter(TaskTable& tasks, const ExportOptions& options);

// The one list of forms.
inline constexpr std::array kExportForms = {
    ExportForm{"perfetto", "a trace for ui.perfetto.dev and trace_processor", true, true,
               make_perfetto_exporter},
    ExportForm{"jsonl", "a JSON object per event, on a line of its own", false, false,
               make_jsonl_exporter},
    ExportForm{"csv", "a line per event", false, false, make_csv_exporter},
    ExportForm{"html", "a page to look at: processes over time", false, false, make_html_exporter},
};

}  // namespace hoodtrace
