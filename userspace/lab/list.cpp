// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/list.hpp"

namespace hoodtrace {

const std::vector<const Experiment*>& experiments() {
  static const std::vector<const Experiment*> all = {
#define HT_EXPERIMENT(name) &lab::name,
      HT_EXPERIMENTS(HT_EXPERIMENT)
#undef HT_EXPERIMENT
  };
  return all;
}

}  // namespace hoodtrace
