// SPDX-License-Identifier: GPL-2.0-or-later
// A viewing command's run: a source, live or a file, through a view to its reports.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "command/options.hpp"
#include "command/replay_filter.hpp"
#include "model/names/task_table.hpp"
#include "output/observer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

// Opens the source that the options name: the live kernel, or a recording filtered by them.
Result<std::unique_ptr<Source>> open_source(const Options& options, const Environment& environment,
                                            ReplayFilter::Use use = ReplayFilter::Use::kView);

// Runs the stream to its end, printing a report per interval and at the end. The exit code: 0, or
// with --propagate the traced command's.
Result<int> run_pipeline(const Options& options, const Environment& environment, TaskTable& tasks,
                         Observer& view);

}  // namespace hoodtrace
