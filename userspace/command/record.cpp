// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace record: the stream into a file as it comes.

#include <fmt/format.h>

#include <utility>

#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/flight.hpp"
#include "command/progress_line.hpp"
#include "command/record_watch.hpp"
#include "output/sink.hpp"
#include "stream/recorder.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kBatch = 1024;

std::string progress_text(const Recorder& recorder, const RecordWatch& watch) {
  return fmt::format("{} events, {}, {} lost", format_grouped(watch.account().seen()),
                     format_bytes(recorder.bytes()),
                     format_grouped(watch.account().lost_total() + recorder.dropped()));
}

std::string summary(const Options& options, const Recorder& recorder, const RecordWatch& watch,
                    bool has_failed) {
  const char* why = has_failed           ? "they found no room"
                    : recorder.is_full() ? "beyond --max-size"
                                         : "the disk was too slow";
  std::string text = fmt::format("{}: {}", options.output, progress_text(recorder, watch));
  if (recorder.dropped() > 0)
    text += fmt::format(" ({} of them not written: {})", format_grouped(recorder.dropped()), why);
  if (recorder.is_full())
    text += fmt::format("; ended at --max-size {}", format_bytes(options.record.form.max_bytes));
  return text + "\n";
}

}  // namespace

Result<int> run_record(const Options& options, const Environment& environment) {
  if (options.output.empty())
    return usage("record needs a file to write: hoodtrace record -o FILE");
  if (options.record.ring_ns != 0) return run_flight(options, environment);
  Result<std::unique_ptr<Recorder>> recorder =
      Recorder::create(options.output, options.record.form);
  if (!recorder) return recorder.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();

  RecordWatch watch({});
  ProgressLine progress;
  Result<void> written;
  bool asked_to_stop = false;
  while (written) {
    Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    for (const RecordView& record : *records) watch.on_record(record);
    written = (*recorder)->write(*records);
    // Batches are few: each of them may look at the clock.
    if (progress.is_due(kBatch)) progress.show(progress_text(**recorder, watch));
    if ((*recorder)->is_full() && !std::exchange(asked_to_stop, true)) environment.ask(Ask::kStop);
  }
  progress.clear();
  const Result<void> finished = (*recorder)->finish();
  (void)messages->write(summary(options, **recorder, watch, !finished));
  if (!finished)
    return failed(finished.error().message + "; what came before is in the file, which is whole");
  return options.propagate ? exit_code_of(watch.command_status()) : 0;
}

}  // namespace hoodtrace
