// SPDX-License-Identifier: GPL-2.0-or-later
// The options of export alone.

#include <fmt/format.h>

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"
#include "output/exporter.hpp"

namespace hoodtrace {

void add_export_options(CLI::App& app, Options& options, const Command&) {
  std::string forms;
  for (const ExportForm& form : kExportForms)
    forms += fmt::format("{}{}: {}", forms.empty() ? "" : "; ", form.name, form.summary);
  app.add_option("--to", options.export_to, forms + " (default: by the ending of -o FILE)")
      ->type_name("FORM");
  add_list(
      app, "--events",
      [&options](const std::string& type) { options.export_kinds.push_back(type); },
      "jsonl and csv: only these types of events, such as switch,exit; losses are always included "
      "(default: all)",
      "TYPE[,...]");
  app.add_flag("--host-name", options.trace.host_name,
               "jsonl and csv: columns machine_id and boot_id; a live run: put this machine's name "
               "and ids into the export");
  app.add_flag("--failed", options.procs.failed_only,
               "html: only processes that failed: non-zero exits, signals, failed execs");
  add_duration(app, "--slow", options.procs.slow_ns,
               "html: only processes that lived, or were zombies, longer than this");
  app.add_flag("--open", options.export_open, "html: show the page in the browser");
  add_duration(app, "--threshold", options.threshold_ns,
               "perfetto: slices only for waits of at least this length");
}

}  // namespace hoodtrace
