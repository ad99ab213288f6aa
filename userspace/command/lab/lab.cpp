// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace lab.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/nearest_word.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "command/command_table.hpp"
#include "command/lab/run_experiment.hpp"
#include "lab/page.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"

namespace hoodtrace {
namespace {

Result<std::vector<const Experiment*>> chosen(const LabOptions& options) {
  if (options.all) return experiments();
  std::vector<const Experiment*> list;
  std::vector<std::string_view> known;
  for (const Experiment* one : experiments()) known.push_back(one->name);
  for (const std::string& name : options.names) {
    const Experiment* found = find_experiment(name);
    if (found == nullptr)
      return usage(fmt::format("no experiment '{}'{}; see: hoodtrace lab", printable(name),
                               did_you_mean(name, known)));
    list.push_back(found);
  }
  return list;
}

int exit_code_for(const std::vector<LabResult>& results) {
  const auto is = [&results](LabOutcome outcome) {
    return std::any_of(results.begin(), results.end(),
                       [outcome](const LabResult& result) { return result.outcome == outcome; });
  };
  if (is(LabOutcome::kFail)) return static_cast<int>(ErrorKind::kFailed);
  // Nothing ran, and one was refused: this kernel or these privileges do not do.
  const bool was_refused = std::any_of(results.begin(), results.end(),
                                       [](const LabResult& result) { return result.is_refused; });
  return !is(LabOutcome::kPass) && was_refused ? static_cast<int>(ErrorKind::kUnsupported) : 0;
}

}  // namespace

Result<void> complete_lab(Options& options) {
  LabOptions& lab = options.lab;
  if (options.format == Format::kCsv) return usage("lab has no table: use --format text or json");
  if (lab.form == LabForm::kHtml && !lab.explain)
    return usage("--to html is a form of --explain: hoodtrace lab --explain --to html -o lab.html");
  if (lab.explain && options.format != Format::kText)
    return usage("--explain has no JSON: use --to text or --to html");
  if (lab.all && !lab.names.empty()) return usage("--all runs every experiment: it takes no names");
  if (!lab.keep.empty() && !lab.again.empty())
    return usage("--judge judges what was kept: it excludes --keep");
  constexpr std::uint64_t kLeastNs = 10'000'000;
  constexpr std::uint64_t kMostNs = 10'000'000'000;
  if (lab.hold_ns < kLeastNs || lab.hold_ns > kMostNs) return usage("--hold takes 10ms to 10s");
  const Result<std::vector<const Experiment*>> list = chosen(lab);
  if (!list) return list.error();
  const bool is_kept = !lab.keep.empty() || !lab.again.empty();
  if (list->empty() && is_kept && lab.scene.empty())
    return usage("--keep and --judge need experiments: give their names, or --all");
  return {};
}

Result<int> run_lab(const Options& options, const Environment&) {
  const LabOptions& lab = options.lab;
  if (!lab.scene.empty()) return play_scene(lab);
  Result<std::vector<const Experiment*>> list = chosen(lab);
  if (!list) return list.error();
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  const std::size_t width = sink->width() != 0 ? sink->width() : options.width;
  const bool is_text = options.format == Format::kText;
  if (list->empty() && !lab.explain && is_text) {
    RETURN_IF_ERROR(sink->write(lab_list()));
    RETURN_IF_ERROR(sink->finish());
    return 0;
  }
  if (lab.explain) {
    const std::vector<const Experiment*>& wanted = list->empty() ? experiments() : *list;
    if (lab.form == LabForm::kHtml) {
      RETURN_IF_ERROR(sink->write(lab_page(wanted)));
    } else {
      for (const Experiment* one : wanted)
        RETURN_IF_ERROR(sink->write(lab_explanation(*one, width) + "\n"));
    }
    RETURN_IF_ERROR(sink->finish());
    return 0;
  }
  if (!lab.keep.empty()) {
    std::error_code error;
    std::filesystem::create_directories(lab.keep, error);
    if (error)
      return failed(fmt::format("cannot make {}: {}", printable(lab.keep), error.message()));
  }
  std::vector<LabResult> results;
  // As JSON, the list is that of the results of nothing.
  if (list->empty())
    for (const Experiment* one : experiments())
      results.push_back({one, LabOutcome::kListed, "", {}, false});
  for (const Experiment* one : *list) {
    Result<LabResult> result = run_experiment(*one, lab);
    if (!result) return result.error();
    results.push_back(std::move(*result));
    if (is_text) RETURN_IF_ERROR(sink->write(lab_text(results.back(), width) + "\n"));
  }
  RETURN_IF_ERROR(sink->write(is_text ? lab_summary(results) : json_line(lab_json(results))));
  RETURN_IF_ERROR(sink->finish());
  return exit_code_for(results);
}

}  // namespace hoodtrace
