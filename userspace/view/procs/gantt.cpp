// SPDX-License-Identifier: GPL-2.0-or-later
// A bar per process over the time of the run.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kDefaultWidth = 100;  // not to a terminal
constexpr std::size_t kLeastBar = 20;
constexpr std::size_t kNameWidth = 18;
constexpr std::size_t kOutcomeWidth = 20;
constexpr std::uint32_t kDeepest = 4;

class Scale {
 public:
  Scale(std::uint64_t from_ns, std::uint64_t to_ns, std::size_t columns)
      : from_ns_(from_ns),
        span_ns_(std::max<std::uint64_t>(1, to_ns - from_ns)),
        columns_(columns) {}

  [[nodiscard]] std::size_t column(std::uint64_t at_ns) const {
    const double share =
        static_cast<double>(at_ns - std::min(at_ns, from_ns_)) / static_cast<double>(span_ns_);
    return std::min(columns_ - 1, static_cast<std::size_t>(share * static_cast<double>(columns_)));
  }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  std::uint64_t from_ns_;
  std::uint64_t span_ns_;
  std::size_t columns_;
};

std::string bar(const ProcsInput& input, const ProcessLife& life, const Scale& scale) {
  std::string cells(scale.columns(), ' ');
  const auto fill = [&](std::uint64_t from_ns, std::uint64_t to_ns, char mark) {
    for (std::size_t i = scale.column(from_ns); i <= scale.column(to_ns); i++) cells[i] = mark;
  };
  const std::uint64_t born_ns = life.born_ns.value_or(input.started_ns);
  const std::uint64_t end_ns = end_of(input, life);
  const std::uint64_t run_ns = life.first_run_ns.value_or(born_ns);
  if (life.exit_ns && !life.autoreaped && !life.is_doubtful)
    fill(end_ns, life.reaped_ns.value_or(life.freed_ns.value_or(input.now_ns)), 'z');
  fill(born_ns, end_ns, '.');
  fill(run_ns, end_ns, life.born_ns ? '-' : '=');
  if (const std::optional<std::uint64_t> exec_ns = life.exec_ns(); exec_ns)
    fill(*exec_ns, end_ns, '=');
  return cells;
}

}  // namespace

std::vector<std::string> procs_gantt(const ProcsInput& input, std::size_t width) {
  std::uint64_t last_ns = input.started_ns;
  std::uint64_t first_ns = input.now_ns;
  std::vector<const ProcessLife*> lives;
  for (const auto& [id, life] : input.tracker.lives()) {
    if (life.is_idle() || !is_shown(input, life)) continue;
    lives.push_back(&life);
    first_ns = std::min(first_ns, life.born_ns.value_or(input.started_ns));
    last_ns = std::max({last_ns, end_of(input, life), life.reaped_ns.value_or(0)});
  }
  if (lives.empty()) return {};
  if (width == 0) width = kDefaultWidth;
  const std::size_t fixed = 8 + kNameWidth + kOutcomeWidth + 5;
  const Scale scale(first_ns, last_ns, std::max(kLeastBar, width - std::min(width, fixed)));

  std::vector<std::string> lines{
      fmt::format("{} from left to right; . forked, - running, = executing, z zombie",
                  format_duration(last_ns - std::min(last_ns, first_ns)))};
  for (const ProcessLife* life : lives) {
    const std::string name = cut_to_width(
        std::string(std::min(life->depth, kDeepest), ' ') + printable(life->comm), kNameWidth);
    const std::string pad(kNameWidth - std::min(kNameWidth, display_width(name)), ' ');
    const std::string outcome = life->exit_ns ? outcome_text(*life)
                                              : std::string(life->is_doubtful   ? "not known"
                                                            : life->is_zombie() ? "zombie"
                                                                                : "running");
    lines.push_back(fmt::format("{:>7} {}{} |{}| {}", life->pid, name, pad,
                                bar(input, *life, scale), cut_to_width(outcome, kOutcomeWidth)));
  }
  return lines;
}

}  // namespace hoodtrace
