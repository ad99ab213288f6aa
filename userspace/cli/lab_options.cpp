// SPDX-License-Identifier: GPL-2.0-or-later
// The options of lab alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_lab_options(CLI::App& app, Options& options, const Command&) {
  LabOptions& lab = options.lab;
  app.add_option("experiments", lab.names, "which to run (default: list them)")->type_name("");
  app.add_flag("--all", lab.all, "run every experiment");
  app.add_flag("--explain", lab.explain, "say what is predicted and why, and run nothing");
  add_choice(app, "--to", lab.form, {{"text", LabForm::kText}, {"html", LabForm::kHtml}},
             "of --explain: text, or html for a browser (default: text)", "FORM");
  app.add_option_function<std::string>(
         "--pages",
         [&lab](const std::string& word) {
           constexpr std::size_t kMost = 262144;
           lab.pages = parse_count(word, "pages");
           if (lab.pages < 16 || lab.pages > kMost)
             throw CLI::ValidationError("--pages takes 16 to 262144");
         },
         "of memory, or of a file (default: 512)")
      ->type_name("N");
  add_duration(app, "--hold", lab.hold_ns,
               "how long a state is held, 10ms to 10s (default: 200ms)");
  app.add_option("--folder", lab.folder,
                 "where files are made, on a disk (default: /var/tmp); they are removed")
      ->type_name("DIR");
  app.add_option("--keep", lab.keep, "keep the recordings and what the scenes say in this folder")
      ->type_name("DIR");
  app.add_option("--judge", lab.again, "run nothing: judge what --keep kept")->type_name("DIR");
  app.add_option("--scene", lab.scene, "play the scene of this experiment")->group("");
  app.add_option("--facts", lab.facts, "and write down what was done")->group("");
}

}  // namespace hoodtrace
