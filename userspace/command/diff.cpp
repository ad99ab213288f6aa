// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace diff.

#include <fmt/format.h>
#include <glob.h>

#include <optional>
#include <utility>

#include "base/result.hpp"
#include "base/terminal_text.hpp"
#include "base/text.hpp"
#include "command/command_table.hpp"
#include "command/diff_reading.hpp"
#include "command/file_options.hpp"
#include "output/diff_html.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"
#include "stream/file_source.hpp"
#include "view/diff/view.hpp"

namespace hoodtrace {
namespace {

struct Side {
  DiffSide shown;
  Families families;
  std::string target;  // of the first
};

Result<std::vector<std::string>> files_of(const std::string& option,
                                          const std::vector<std::string>& patterns) {
  std::vector<std::string> files;
  for (const std::string& pattern : patterns) {
    glob_t found{};
    const int error = ::glob(pattern.c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; error == 0 && i < found.gl_pathc; i++)
      files.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (error != 0)
      return failed(fmt::format("{}: no file has a name like {}", option, printable(pattern)));
  }
  return files;
}

Result<Side> read_side(const std::vector<std::string>& files, const DiffWork& work) {
  Side side;
  side.shown.files = files;
  for (const std::string& file : files) {
    Result<std::unique_ptr<FileSource>> source = FileSource::open(file);
    if (!source) return source.error();
    Result<DiffRecording> recording = read_for_diff(**source, file, work);
    if (!recording) return recording.error();
    side.shown.duration_ns += recording->duration_ns;
    for (const auto& [kind, count] : recording->lost) side.shown.lost[kind] += count;
    if (file == files.front()) {
      side.families = recording->families;
      side.target = recording->target;
    }
    for (const FamilyRow& row : kFamilies)
      if (side.families.has(row.family) != recording->families.has(row.family))
        return failed(fmt::format("{} and {} have different families: {} is in one of them only",
                                  printable(files.front()), printable(file), row.name));
    if (files.size() == 1)
      side.shown.samples = std::move(recording->samples);
    else
      side.shown.samples.add_run(recording->samples);
  }
  return side;
}

// What one side lacks is not compared.
void choose_families(const Side& a, const Side& b, DiffReport& report) {
  for (const FamilyRow& row : kFamilies) {
    const bool in_a = a.families.has(row.family);
    const bool in_b = b.families.has(row.family);
    if (in_a && in_b) report.settings.families.push_back(row.name);
    if (in_a != in_b)
      report.remarks.push_back(
          fmt::format("{} has no {}: it is not compared", in_a ? "B" : "A", row.name));
  }
  if (a.target != b.target)
    report.remarks.push_back(fmt::format("A is of {}, B of {}: they may differ for that alone",
                                         printable(a.target), printable(b.target)));
}

bool is_broken(const DiffReport& report) {
  for (const DiffGate& gate : report.gates) {
    const GateOutcome outcome = check_gate(gate, report.result.changes).outcome;
    if (outcome == GateOutcome::kBroken || outcome == GateOutcome::kNoData) return true;
  }
  return false;
}

}  // namespace

Result<void> complete_diff(Options& options) {
  const DiffOptions& diff = options.diff;
  if (options.format == Format::kCsv) return usage("diff has no table: use --format text or json");
  if (diff.a.empty() != diff.b.empty()) return usage("--a and --b belong together: give both");
  if (diff.a.empty() ? diff.recordings.size() != 2 : !diff.recordings.empty())
    return usage("diff needs two recordings, or --a GLOB and --b GLOB: hoodtrace diff A B");
  if (diff.html == "-")
    return usage("--html is written beside the report: name a file with --html FILE");
  RETURN_IF_ERROR(check_files(options));
  for (const std::string& gate : diff.gates) RETURN_IF_ERROR(parse_gate(gate));
  RETURN_IF_ERROR(parse_work(diff.per));
  return {};
}

Result<int> run_diff(const Options& options, const Environment&) {
  const DiffOptions& diff = options.diff;
  Result<DiffWork> work = parse_work(diff.per);
  if (!work) return work.error();
  std::vector<std::string> files_a;
  std::vector<std::string> files_b;
  if (diff.a.empty()) {
    files_a = {diff.recordings[0]};
    files_b = {diff.recordings[1]};
  } else {
    Result<std::vector<std::string>> a = files_of("--a", diff.a);
    if (!a) return a.error();
    Result<std::vector<std::string>> b = files_of("--b", diff.b);
    if (!b) return b.error();
    files_a = std::move(*a);
    files_b = std::move(*b);
  }
  for (const auto* files : {&files_a, &files_b})
    for (const std::string& file : *files)
      for (const std::string* output : {&options.output, &diff.html})
        RETURN_IF_ERROR(check_not_same_file(file, *output));
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  Result<Side> a = read_side(files_a, *work);
  if (!a) return a.error();
  Result<Side> b = read_side(files_b, *work);
  if (!b) return b.error();

  DiffReport report;
  report.per = diff.per;
  report.per_word = work->word();
  report.settings.confidence = diff.confidence;
  report.rows = options.view.top.value_or(25);
  choose_families(*a, *b, report);
  report.a = std::move(a->shown);
  report.b = std::move(b->shown);
  for (const std::string& gate : diff.gates) report.gates.push_back(std::move(*parse_gate(gate)));
  report.result = compare_samples(report.a.samples, report.b.samples, report.settings);

  const std::size_t width = sink->width() != 0 ? sink->width() : options.width;
  const std::string text =
      options.format == Format::kJson ? json_line(diff_json(report)) : diff_text(report, width);
  RETURN_IF_ERROR(sink->write(text));
  RETURN_IF_ERROR(sink->finish());
  if (!diff.html.empty()) {
    Result<Sink> page = Sink::open(diff.html, false);
    if (!page) return page.error();
    RETURN_IF_ERROR(page->write(diff_html(report)));
    RETURN_IF_ERROR(page->finish());
  }
  return is_broken(report) ? 1 : 0;
}

}  // namespace hoodtrace
