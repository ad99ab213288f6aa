// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/pressure.hpp"

#include <algorithm>

#include "base/growth.hpp"

namespace hoodtrace {

void SpanUnion::add(std::uint64_t begin_ns, std::uint64_t end_ns) {
  begin_ns = std::max(begin_ns, from_ns_);
  if (end_ns <= begin_ns) return;
  while (!spans_.empty() && spans_.back().end_ns >= begin_ns) {
    const Span& last = spans_.back();
    begin_ns = std::min(begin_ns, last.begin_ns);
    end_ns = std::max(end_ns, last.end_ns);
    length_ns_ -= last.end_ns - last.begin_ns;
    spans_.pop_back();
  }
  spans_.push_back({begin_ns, end_ns});
  length_ns_ += end_ns - begin_ns;
  if (spans_.size() <= kMost) return;
  // A wait that began before the oldest half is counted from there.
  spans_.erase(spans_.begin(), spans_.begin() + kMost / 2);
  from_ns_ = spans_.front().begin_ns;
}

void SpanUnion::begin_interval(std::uint64_t begin_ns) {
  std::vector<Span> later;
  later.swap(spans_);
  length_ns_ = 0;
  from_ns_ = begin_ns;
  for (const Span& span : later) add(span.begin_ns, span.end_ns);
}

Pressure::Cpu& Pressure::cpu(std::uint32_t index) {
  while (cpus_.size() <= index) {
    Cpu& added = cpus_.emplace_back();
    added.waits.begin_interval(from_ns_);
    added.runs.begin_interval(from_ns_);
    added.busy.begin_interval(from_ns_);
  }
  return cpus_[index];
}

void Pressure::wait(std::uint32_t index, std::uint64_t begin_ns, std::uint64_t end_ns) {
  Cpu& cpu = this->cpu(index);
  cpu.waits.add(begin_ns, end_ns);
  cpu.busy.add(begin_ns, end_ns);
}

void Pressure::run(std::uint32_t index, std::uint64_t begin_ns, std::uint64_t end_ns) {
  Cpu& cpu = this->cpu(index);
  cpu.runs.add(begin_ns, end_ns);
  cpu.busy.add(begin_ns, end_ns);
}

void Pressure::begin_interval(std::uint64_t begin_ns) {
  from_ns_ = begin_ns;
  for (Cpu& cpu : cpus_) {
    cpu.waits.begin_interval(begin_ns);
    cpu.runs.begin_interval(begin_ns);
    cpu.busy.begin_interval(begin_ns);
  }
}

template <class Part>
std::uint64_t Pressure::mean(Part part) const {
  double sum = 0;
  double weights = 0;
  for (const Cpu& cpu : cpus_) {
    const auto weight = static_cast<double>(cpu.busy.length_ns());
    sum += static_cast<double>(part(cpu)) * weight;
    weights += weight;
  }
  return weights > 0 ? static_cast<std::uint64_t>(sum / weights) : 0;
}

std::uint64_t Pressure::some_ns() const {
  return mean([](const Cpu& cpu) { return cpu.waits.length_ns(); });
}

std::uint64_t Pressure::full_ns() const {
  return mean([](const Cpu& cpu) { return growth(cpu.runs.length_ns(), cpu.busy.length_ns()); });
}

}  // namespace hoodtrace
