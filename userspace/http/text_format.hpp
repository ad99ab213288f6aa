// SPDX-License-Identifier: GPL-2.0-or-later
// Metrics in Prometheus's text format, by prometheus-cpp.
#pragma once

#include <string>

#include "view/serve/metric.hpp"

namespace hoodtrace {

inline constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

std::string to_text_format(const MetricFamilies& families);

}  // namespace hoodtrace
