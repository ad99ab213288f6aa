// SPDX-License-Identifier: GPL-2.0-or-later
// The options of sched alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_sched_options(CLI::App& app, Options& options, const Command&) {
  add_duration(app, "--threshold", options.threshold_ns,
               "print each wait of at least TIME when it ends");
  app.add_flag(
      "--fair", options.sched.fair,
      "what the fair class gave each task: weight, slice, lag, and its share of the CPU, due "
      "and got");
  app.add_flag_callback(
      "--load",
      [&app, &options] {
        options.sched.load = true;
        if (app.get_option("--by")->count() == 0) options.view.by = Grouping::kComm;
      },
      "the load average as a sum: how many tasks ran, were queued and slept uninterruptibly at a "
      "time, by comm (or --by)");
  app.add_flag(
      "--quota", options.sched.quota,
      "cgroups with a CPU quota: periods, throttling and bursts; which tasks waited for it, "
      "and CPU pressure");
  app.add_flag(
      "--irq", options.sched.irq,
      "what tasks did not get while on a CPU: hard and soft interrupts, and time stolen by "
      "the hypervisor");
  app.add_flag("--realtime", options.sched.realtime,
               "real-time and deadline tasks: what they took from fair ones, deadlines, and "
               "throttling");
  app.add_flag_callback(
      "--no-culprits", [&options] { options.culprits = options.trace.culprits = false; },
      "do not record who ran while a task waited");
  app.add_option_function<std::string>(
         "--culprits",
         [&options](const std::string& word) {
           options.view.most_culprits = parse_count(word, "tasks");
         },
         "with --format json: name N tasks at most that each task waited behind; the rest is "
         "(others); 0 = no limit (default: 16)")
      ->type_name("N");
}

}  // namespace hoodtrace
