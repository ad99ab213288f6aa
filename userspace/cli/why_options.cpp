// SPDX-License-Identifier: GPL-2.0-or-later
// The options of why alone.

#include <fmt/format.h>

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kDeepestChain = 16;

}  // namespace

void add_why_options(CLI::App& app, Options& options, const Command&) {
  app.add_flag_callback(
      "--all", [&options] { options.view.top = 0; },
      "show every thread (default: the ten that were blocked or waiting longest, and the sum of "
      "the others), and waits for work with --threshold");
  add_duration(app, "--threshold", options.threshold_ns,
               "print each sleep of at least TIME when it ends, except waits for work");
  app.add_option_function<std::string>(
         "--chain",
         [&options](const std::string& word) {
           options.chain = parse_count(word, "levels");
           if (options.chain == 0 || options.chain > kDeepestChain)
             throw CLI::ValidationError(fmt::format("--chain takes 1 to {} levels", kDeepestChain));
         },
         "follow N levels deep what those waited for who were waited for (default: 1: what a "
         "holder "
         "did). From 2 on the switches and sleeps of all tasks are recorded, which costs each of "
         "them what tracing costs the target")
      ->type_name("N");
  app.add_flag_callback(
      "--disk", [&options] { options.trace.families.add(Family::kDisk); },
      "block requests too: the file and device of each sleep for a disk, and its time in the queue "
      "and at the device");
  app.add_flag(
      "--cycles", options.trace.cycles,
      "how much of its time on a CPU a thread is in user mode, and how much in the kernel, by the "
      "cycles that the CPU's PMU counts; two counters on each CPU");
  app.add_flag("--stacks", options.stacks,
               "with --threshold: the stacks of those sleeps, in the kernel and in the program");
}

}  // namespace hoodtrace
