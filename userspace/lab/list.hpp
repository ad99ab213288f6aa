// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of experiments, in the order of the book's chapters.
#pragma once

#include "lab/experiment.hpp"

namespace hoodtrace::lab {

#define HT_EXPERIMENTS(X) \
  X(kDemandZero)          \
  X(kZeroPage)            \
  X(kCow)                 \
  X(kCowHuge)             \
  X(kMmapFile)            \
  X(kMajorFault)          \
  X(kPageCache)           \
  X(kReclaim)             \
  X(kWatermarks)          \
  X(kSwap)                \
  X(kOom)                 \
  X(kForkExec)            \
  X(kVfork)               \
  X(kZombie)              \
  X(kOrphan)              \
  X(kThreads)             \
  X(kSignals)             \
  X(kStates)              \
  X(kNice)                \
  X(kEevdf)               \
  X(kClasses)             \
  X(kWakeup)              \
  X(kQuota)               \
  X(kAutogroup)           \
  X(kInversion)           \
  X(kLoadAverage)         \
  X(kBoot)

#define HT_EXPERIMENT(name) extern const Experiment name;
HT_EXPERIMENTS(HT_EXPERIMENT)
#undef HT_EXPERIMENT

}  // namespace hoodtrace::lab
