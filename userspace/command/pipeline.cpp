// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/pipeline.hpp"

#include <sys/wait.h>

#include <cstdlib>

#include "base/result.hpp"
#include "base/text.hpp"
#include "event/session_words.hpp"
#include "model/cpu_gaps.hpp"
#include "output/sink.hpp"
#include "stream/file_source.hpp"

namespace hoodtrace {
namespace {

bool wants_color(ColorMode mode, const Sink& sink) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  return sink.is_terminal() && (no_color == nullptr || *no_color == '\0');
}

std::size_t columns(const Options& options, const Sink& sink) {
  return sink.width() != 0 ? sink.width() : options.width;
}

// One run of the loop; what it knows between two records.
class Pipeline {
 public:
  Pipeline(const Options& options, Sink& sink, TaskTable& tasks, Observer& observer)
      : options_(options),
        sink_(sink),
        tasks_(tasks),
        observer_(observer),
        renderer_(make_renderer(options.format,
                                {columns(options, sink), wants_color(options.color, sink)})) {}

  Result<void> on_record(RecordView record) {
    const std::optional<Event> event = decode(record);
    if (!event) {
      account_.on_undecodable();
      return {};
    }
    last_ns_ = record.head->time_ns;
    account_.on_record(*record.head);
    feed(account_, *event);
    feed(gaps_, *event);
    feed(tasks_, *event);
    observer_.on_event(*event);
    while (tasks_.overdue() != kNoTask) {
      const TaskId task = tasks_.overdue();
      observer_.fold(task);
      tasks_.forget(task);
    }
    if (const auto* const* session = std::get_if<const ht_session*>(&*event)) {
      session_ = read_session(**session);
      started_ns_ = (*session)->head.time_ns;
    }
    if (const std::string lines = observer_.take_lines(); !lines.empty())
      RETURN_IF_ERROR(sink_.write(wrapped(lines)));
    if (const auto* const* tick = std::get_if<const ht_tick*>(&*event)) return on_tick(**tick);
    return {};
  }

  // A stream that was cut off has no last tick: what is known is reported all the same.
  Result<void> finish() { return ended_ ? Result<void>() : print(last_ns_); }

  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }

 private:
  Result<void> on_tick(const ht_tick& tick) {
    if (tick.kind == HT_TICK_END) {
      ended_ = true;
      command_status_ = tick.command_status;
      return print(tick.head.time_ns);
    }
    if (tick.kind != HT_TICK_INTERVAL) return {};
    RETURN_IF_ERROR(print(tick.head.time_ns));
    observer_.begin_interval(tick.head.time_ns);
    tasks_.forget_ended();
    account_.begin_interval();
    gaps_.begin_interval();
    started_ns_ = tick.head.time_ns;
    return {};
  }

  Result<void> print(std::uint64_t now_ns) {
    Report report;
    report.width = columns(options_, sink_);
    report.command = options_.command;
    report.target = session_.target;
    report.how = session_.how;
    report.started_ns = started_ns_;
    report.duration_ns = now_ns > started_ns_ ? now_ns - started_ns_ : 0;
    report.seen = account_.seen();
    report.undecodable = account_.undecodable();
    report.lost = account_.lost();
    report.offline = gaps_.gaps();
    observer_.report(now_ns, report);
    return sink_.write(renderer_->render(report));
  }

  [[nodiscard]] std::string wrapped(const std::string& lines) const {
    const std::size_t width = columns(options_, sink_);
    if (width == 0) return lines;
    std::string out;
    std::string_view left = lines;
    while (!left.empty()) {
      const std::size_t end = left.find('\n');
      out += wrap_to_width(left.substr(0, end), width) + "\n";
      left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
    return out;
  }

  const Options& options_;
  Sink& sink_;
  TaskTable& tasks_;
  Observer& observer_;
  std::unique_ptr<Renderer> renderer_;
  StreamAccount account_;
  CpuGaps gaps_;
  SessionText session_;
  std::uint64_t started_ns_ = 0;
  std::uint64_t last_ns_ = 0;
  std::uint32_t command_status_ = HT_NO_STATUS;
  bool ended_ = false;
};

// Null when nothing is to be recorded on the way.
Result<std::unique_ptr<Recorder>> open_tee(const RecordOptions& options) {
  if (options.tee.empty()) return std::unique_ptr<Recorder>();
  return Recorder::create(options.tee, options.form);
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const Options& options,
                                            const Environment& environment) {
  if (options.from.empty()) return environment.open_live(options.trace);
  Result<std::unique_ptr<FileSource>> file = FileSource::open(options.from);
  if (!file) return file.error();
  return std::unique_ptr<Source>(std::move(*file));
}

Result<int> run_pipeline(const Options& options, const Environment& environment, TaskTable& tasks,
                         Observer& observer) {
  // The sink first: an unwritable path must not cost a run.
  Result<Sink> sink = Sink::open(options.output, !options.trace.target.command.empty());
  if (!sink) return sink.error();
  Result<std::unique_ptr<Recorder>> tee = open_tee(options.record);
  if (!tee) return tee.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();

  Pipeline pipeline(options, *sink, tasks, observer);
  for (;;) {
    Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    if (*tee) RETURN_IF_ERROR((*tee)->write(*records));
    for (const RecordView& record : *records) RETURN_IF_ERROR(pipeline.on_record(record));
  }
  RETURN_IF_ERROR(pipeline.finish());
  if (*tee) RETURN_IF_ERROR((*tee)->finish());
  return options.propagate ? exit_code_of(pipeline.command_status()) : 0;
}

int exit_code_of(std::uint32_t wait_status) {
  if (wait_status == HT_NO_STATUS) return 0;
  const int status = static_cast<int>(wait_status);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1;
}

}  // namespace hoodtrace
