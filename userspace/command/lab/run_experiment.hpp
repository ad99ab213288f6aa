// SPDX-License-Identifier: GPL-2.0-or-later
// One experiment from its scene to its result.
#pragma once

#include "base/result.hpp"
#include "command/lab/options.hpp"
#include "lab/report.hpp"

namespace hoodtrace {

// Plays the scene in this process, and writes its facts. The exit code.
Result<int> play_scene(const LabOptions& options);

// An error: not of the experiment, but of the machine, such as a full disk.
Result<LabResult> run_experiment(const Experiment& experiment, const LabOptions& options);

}  // namespace hoodtrace
