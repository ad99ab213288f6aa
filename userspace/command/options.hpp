// SPDX-License-Identifier: GPL-2.0-or-later
// What a command line asked for, parsed and checked; plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "command/boot/options.hpp"
#include "command/diff_options.hpp"
#include "command/lab/options.hpp"
#include "command/record_options.hpp"
#include "command/serve/options.hpp"
#include "command/time_window.hpp"
#include "command/top/options.hpp"
#include "output/renderer.hpp"
#include "probe/boot_request.hpp"
#include "probe/machine_facts.hpp"
#include "probe/trace_request.hpp"
#include "stream/source.hpp"
#include "view/procs/options.hpp"
#include "view/top/terminal.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

enum class ColorMode { kAuto, kAlways, kNever };

// What sched shows beside waits, or instead of them.
struct SchedOptions {
  bool fair = false;
  bool load = false;
  bool quota = false;
  bool irq = false;
  bool realtime = false;
};

struct Options {
  std::string command;  // the subcommand's name
  TraceRequest trace;
  ViewOptions view;
  Format format = Format::kText;
  ColorMode color = ColorMode::kAuto;
  std::string output;     // -o; empty = standard output
  std::string from;       // --from: replay instead of live
  TimeWindow between;     // of a replay
  std::size_t width = 0;  // columns of a text report that is not for a terminal; 0 = any
  SchedOptions sched;
  ProcsOptions procs;
  RecordOptions record;
  bool export_open = false;               // shows it in a browser
  std::string export_to;                  // the name of a form
  std::vector<std::string> export_kinds;  // of events, in rows; empty = all
  BootOptions boot;
  TopOptions top;
  DiffOptions diff;
  LabOptions lab;
  ServeOptions serve;
  std::uint64_t threshold_ns = 0;
  std::string disk_html;  // of disk: a page with the latencies; empty = none
  bool stacks = false;    // of sleeps that reach the threshold
  std::size_t chain = 1;  // WhyTracker::Options::chain
  bool culprits = true;
  bool propagate = false;
  bool verbose = false;            // the hooks in the first line too
  bool ascii = false;              // the terminal knows no UTF-8: trees in ASCII
  std::vector<std::string> notes;  // for the user, before the run; a line each
};

// Requests from outside to a live source: to end the stream in good order, or (when it was opened
// for a flight recorder) to add the counters and an HT_TICK_MARK.
enum class Ask { kStop, kMark };

// What commands need from the machine; made by main, so that tests can hand in their own.
struct Environment {
  std::function<Result<std::unique_ptr<Source>>(const TraceRequest&)> open_live;
  std::function<Result<MachineFacts>(const std::string& btf_path)> examine;
  std::function<void(Ask)> ask = [](Ask) {};
  std::function<Result<std::unique_ptr<Source>>(const BootRequest&)> open_boot = nullptr;
  std::function<Result<std::unique_ptr<Terminal>>()> open_terminal = nullptr;
  std::function<Result<std::unique_ptr<MetricsServer>>(const ListenAddress&)> open_metrics_server =
      nullptr;
  std::string version = {};  // of hoodtrace
};

}  // namespace hoodtrace
