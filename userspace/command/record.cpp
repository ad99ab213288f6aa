// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace record: writes the stream into a file as it arrives.

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/file_options.hpp"
#include "command/flight.hpp"
#include "command/pipeline.hpp"
#include "command/progress_line.hpp"
#include "command/record_watch.hpp"
#include "command/recording_text.hpp"
#include "command/stream_loop.hpp"
#include "output/sink.hpp"
#include "stream/recorder.hpp"
#include "view/loss_text.hpp"

namespace hoodtrace {
namespace {

constexpr unsigned kBatch = 1024;

std::string progress_text(const Recorder& recorder, const StreamAccount& account) {
  return fmt::format("{} events, {}, {} lost", format_grouped(account.seen()),
                     format_bytes(recorder.bytes()),
                     format_grouped(account.lost_total() + recorder.dropped()));
}

std::string summary(const Options& options, const Recorder& recorder, const StreamAccount& account,
                    std::uint64_t started_ns, bool has_failed) {
  // As the file says it, which has a record of what was not written.
  LostByKind lost = account.lost();
  if (recorder.dropped() > 0)
    lost[std::string(trouble_key(HT_TROUBLE_UNWRITTEN))] += recorder.dropped();
  std::string text = fmt::format("{}: {} events, {}, {}", output_name(options.output),
                                 format_grouped(account.seen()), format_bytes(recorder.bytes()),
                                 missing_text(lost, account.undecodable()));
  if (recorder.dropped() > 0)
    text += fmt::format(" ({} of them not written: {})", format_grouped(recorder.dropped()),
                        unwritten_cause(recorder, has_failed));
  if (recorder.is_full())
    text += fmt::format("; ended at --max-size {}", format_bytes(options.record.form.max_bytes));
  return text + "\n" + remarks_text(account, started_ns);
}

// Can standard output take a recording?
Result<void> check_stdout(const Options& options) {
  if (options.record.ring_ns != 0)
    return usage("--ring writes a file each time: give it a name, as in -o FILE");
  if (!options.trace.target.command.empty())
    return usage("the command after -- uses standard output: name a file with -o FILE");
  if (::isatty(STDOUT_FILENO) == 1)
    return usage("a recording is not written to a terminal: name a file with -o FILE");
  return {};
}

}  // namespace

Result<int> run_record(const Options& options, const Environment& environment) {
  if (options.output.empty())
    return usage("record needs a file to write: hoodtrace record -o FILE");
  RETURN_IF_ERROR(check_files(options));
  if (options.output == "-") RETURN_IF_ERROR(check_stdout(options));
  if (options.record.ring_ns != 0) return run_flight(options, environment);
  Result<std::unique_ptr<Recorder>> recorder =
      Recorder::create(options.output, options.record.form);
  if (!recorder) return recorder.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();

  StreamAccount account;
  RecordWatch watch({});
  ProgressLine progress;
  bool asked_to_stop = false;
  StreamLoop loop(watch, account, watch.tasks());
  std::uint64_t started_ns = 0;
  loop.after_batch = [&](std::span<const RecordView> records) -> Result<void> {
    if (started_ns == 0) started_ns = records.front().head->time_ns;
    RETURN_IF_ERROR((*recorder)->write(records));
    // There are few batches, so reading the clock in each is cheap.
    if (progress.is_due(kBatch)) progress.show(progress_text(**recorder, account));
    if ((*recorder)->is_full() && !std::exchange(asked_to_stop, true)) environment.ask(Ask::kStop);
    return {};
  };
  const Result<void> ran = loop.run(**source);
  progress.clear();
  if (!ran && (*recorder)->is_empty()) return ran.error();
  const Result<void> finished = (*recorder)->finish();
  if (!ran && finished) return ran.error();  // of the source
  (void)messages->write(summary(options, **recorder, account, started_ns, !finished));
  if (!finished)
    return Error{finished.error().kind,
                 finished.error().message +
                     ((*recorder)->records() > 0
                          ? "; what was recorded before is in the file, which can be read"
                          : "; nothing was recorded")};
  return options.propagate ? exit_code_of(loop.command_status()) : 0;
}

}  // namespace hoodtrace
