// SPDX-License-Identifier: GPL-2.0-or-later
// The options of diff alone.

#include <fmt/format.h>

#include <charconv>

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_diff_options(CLI::App& app, Options& options, const Command& command) {
  DiffOptions& diff = options.diff;
  app.add_option("recordings", diff.recordings, "two recordings: before and after")->type_name("");
  app.add_option("--a", diff.a, "instead: the recordings of one side, such as 'before*.htrec'")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--b", diff.b, "and of the other side")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--per", diff.per,
                 "divide by this unit of work: second, fork, exec, or request=CALL for the times "
                 "that a thread slept in this system call (default: second)")
      ->type_name("WORK");
  app.add_option("--gate", diff.gates,
                 "exit with 1 when a change is shown that is beyond this, such as 'wait_p99<1.2x' "
                 "or 'faults[comm=make]<1.1x'")
      ->type_name("LIMIT")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--confidence",
         [&diff](const std::string& word) {
           double percent = 0;
           const auto [end, error] =
               std::from_chars(word.data(), word.data() + word.size(), percent);
           const std::string_view rest(end, word.data() + word.size() - end);
           if (error != std::errc{} || (!rest.empty() && rest != "%") || percent < 50 ||
               percent >= 100)
             throw CLI::ValidationError("--confidence takes percent from 50 to below 100");
           diff.confidence = percent / 100;
         },
         "of all comparisons together, in percent (default: 95)")
      ->type_name("PERCENT");
  app.add_option("--html", diff.html,
                 "also write a page for a browser: both sides over time, and their histograms")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--top", [&options](const std::string& word) { options.view.top = parse_count(word); },
         fmt::format("changes to show; 0 = all (default: {} as text, all elsewhere)",
                     command.default_rows))
      ->type_name("N");
}

}  // namespace hoodtrace
