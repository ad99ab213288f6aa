// SPDX-License-Identifier: GPL-2.0-or-later
// The options of export alone.

#include <fmt/format.h>

#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"
#include "output/exporter.hpp"

namespace hoodtrace {

void add_export_options(CLI::App& app, Options& options) {
  std::string forms;
  for (const ExportForm& form : kExportForms)
    forms += fmt::format("{}{}: {}", forms.empty() ? "" : "; ", form.name, form.summary);
  app.add_option("--to", options.export_to, forms)->type_name("FORM");
  add_duration(app, "--threshold", options.threshold_ns,
               "perfetto: a slice for each wait of at least this only");
  app.add_flag_callback(
      "--no-argv", [&options] { options.trace.argv_bytes = 0; }, "do not read any arguments");
}

}  // namespace hoodtrace
