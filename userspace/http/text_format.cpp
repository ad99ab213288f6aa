// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/text_format.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

namespace hoodtrace {
namespace {

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric metric_of(const MetricSample& sample, MetricType type) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  if (type == MetricType::kCounter) metric.counter.value = sample.value;
  if (type == MetricType::kGauge) metric.gauge.value = sample.value;
  if (type != MetricType::kHistogram) return metric;
  metric.histogram.sample_count = sample.count;
  metric.histogram.sample_sum = sample.value;
  for (const MetricBucket& bucket : sample.buckets)
    metric.histogram.bucket.push_back({bucket.count, bucket.upper_bound});
  metric.histogram.bucket.push_back({sample.count, std::numeric_limits<double>::infinity()});
  return metric;
}

}  // namespace

std::string to_text_format(const MetricFamilies& families) {
  std::vector<prometheus::MetricFamily> converted;
  converted.reserve(families.size());
  for (const MetricFamily& family : families) {
    prometheus::MetricFamily to;
    to.name = family.name;
    to.help = family.help;
    to.type = type_of(family.type);
    for (const MetricSample& sample : family.samples)
      to.metric.push_back(metric_of(sample, family.type));
    converted.push_back(std::move(to));
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, converted);
  return std::move(out).str();
}

}  // namespace hoodtrace
