// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/pipeline.hpp"

#include "base/write_all.hpp"
#include "command/file_options.hpp"
#include "command/recording_text.hpp"
#include "command/report_printer.hpp"
#include "command/stream_loop.hpp"
#include "output/sink.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace {
namespace {

// Null when nothing is to be recorded on the way.
Result<std::unique_ptr<Recorder>> open_tee(const RecordOptions& options) {
  if (options.tee.empty()) return std::unique_ptr<Recorder>();
  return Recorder::create(options.tee, options.form);
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const Options& options, const Environment& environment,
                                            ReplayFilter::Use use) {
  const Target& target = options.trace.target;
  if (options.trace.others) use = ReplayFilter::Use::kChains;
  if (options.from.empty()) {
    Result<std::unique_ptr<Source>> live = environment.open_live(options.trace);
    if (!live || !options.trace.others || target.is_whole_system()) return live;
    return std::unique_ptr<Source>(
        std::make_unique<ReplayFilter>(std::move(*live), target, options.between, use));
  }
  Result<std::unique_ptr<FileSource>> file = FileSource::open(options.from);
  if (!file) return file.error();
  if (target.is_whole_system() && options.between.is_all())
    return std::unique_ptr<Source>(std::move(*file));
  return std::unique_ptr<Source>(
      std::make_unique<ReplayFilter>(std::move(*file), target, options.between, use));
}

Result<int> run_pipeline(const Options& options, const Environment& environment, TaskTable& tasks,
                         Observer& view) {
  RETURN_IF_ERROR(check_files(options));
  // The sink first: an unwritable path must not cost a run.
  Result<Sink> sink =
      Sink::open(options.output, !options.trace.target.command.empty(), replace_of(options));
  if (!sink) return sink.error();
  Result<std::unique_ptr<Recorder>> tee = open_tee(options.record);
  if (!tee) return tee.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();

  StreamAccount account;
  ReportPrinter printer(options, *sink, tasks, account, view);
  StreamLoop loop(printer, account, &tasks);
  loop.write = [&sink](const std::string& bytes) { return sink->write(bytes); };
  Result<void> recorded;
  if (*tee)
    loop.before_batch = [&](std::span<const RecordView> records) -> Result<void> {
      if (!recorded) return {};
      recorded = (*tee)->write(records);
      // A full disk ends the recording, and not the view. Who reads a pipe and leaves wants no more.
      return !recorded && recorded.error().kind == kClosedPipe ? recorded : Result<void>();
    };
  RETURN_IF_ERROR(loop.run(**source));
  RETURN_IF_ERROR(printer.failure());
  RETURN_IF_ERROR(sink->finish());
  if (*tee) {
    const Result<void> finished = (*tee)->finish();
    if (recorded) recorded = finished;
  }
  if (!recorded)
    return Error{
        recorded.error().kind,
        recorded.error().message + "; the report has everything, the recording what came before"};
  if (*tee) {
    // Standard output is the report's.
    Result<Sink> messages = Sink::open("", true);
    if (messages) (void)messages->write(recording_text(options.record.tee, **tee));
  }
  return options.propagate ? exit_code_of(loop.command_status()) : 0;
}

}  // namespace hoodtrace
