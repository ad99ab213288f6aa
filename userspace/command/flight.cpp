// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/flight.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "command/pipeline.hpp"
#include "command/progress_line.hpp"
#include "command/record_watch.hpp"
#include "command/stream_loop.hpp"
#include "output/sink.hpp"
#include "stream/flight_recorder.hpp"

namespace hoodtrace {
namespace {

class Flight {
 public:
  Flight(const Options& options, const Environment& environment, Sink& messages)
      : options_(options),
        environment_(environment),
        messages_(messages),
        watch_({options.record.trigger_wait_ns, options.record.trigger_fault_ns,
                options.record.trigger_zombie_ns, options.record.trigger_blocked_ns,
                options.record.trigger_exit, options.record.trigger_signal}),
        recorder_(options.record.ring_ns, options.record.form) {}

  Result<void> run(Source& source) {
    StreamLoop loop(watch_, account_, watch_.tasks());
    loop.after_batch = [this](std::span<const RecordView> records) { return on_records(records); };
    RETURN_IF_ERROR(loop.run(source));
    command_status_ = loop.command_status();
    return finish();
  }

  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }

 private:
  Result<void> on_records(std::span<const RecordView> records) {
    RETURN_IF_ERROR(recorder_.write(records));
    report(false);
    if (watch_.marks() > std::exchange(marks_, watch_.marks())) start_dump();
    pull_trigger(records.back().head->time_ns);
    constexpr unsigned kBatch = 1024;  // large enough that reading the clock per batch is cheap
    if (progress_.is_due(kBatch))
      progress_.show(fmt::format("{} events, the last {} in {} of memory, {} lost",
                                 format_grouped(account_.seen()),
                                 format_duration(recorder_.span_ns()),
                                 format_bytes(recorder_.bytes()), format_grouped(lost())));
    return {};
  }

  // Writes the kept segments at the end of the stream. Returns the first error of all.
  Result<void> finish() {
    report(true);
    start_dump();
    report(true);
    return failure_;
  }

  [[nodiscard]] std::uint64_t lost() const { return account_.lost_total() + recorder_.dropped(); }

  void say(const std::string& text) {
    progress_.clear();
    (void)messages_.write(text + "\n");
  }

  // x.htrec, x.2.htrec, x.3.htrec ...
  std::string next_path() {
    dumps_++;
    if (dumps_ == 1) return options_.output;
    std::filesystem::path path(options_.output);
    const std::string extension = path.extension();
    return path.replace_extension().string() + fmt::format(".{}", dumps_) + extension;
  }

  void start_dump() {
    if (!recorder_.start_dump(next_path())) {
      dumps_--;
      say("the last one is still being written: not written again");
    }
  }

  void report(bool wait) {
    FlightRecorder::Dump dump;
    if (!recorder_.take_dump(dump, wait)) return;
    if (!dump.outcome) {
      if (failure_) failure_ = dump.outcome;
      return say("hoodtrace: " + dump.outcome.error().message);
    }
    say(fmt::format("{}: the last {}, {} records, {}, {} lost since the start",
                    printable(dump.path), format_duration(dump.span_ns),
                    format_grouped(dump.records), format_bytes(dump.bytes),
                    format_grouped(lost())));
  }

  // At most once in the time that is kept: later triggers are in the same recording.
  void pull_trigger(std::uint64_t now_ns) {
    const std::string pulled = watch_.take_trigger();
    if (pulled.empty() || now_ns < next_trigger_ns_) return;
    next_trigger_ns_ = now_ns + options_.record.ring_ns;
    say(fmt::format("trigger: {}", pulled));
    environment_.ask(Ask::kMark);
  }

  const Options& options_;
  const Environment& environment_;
  Sink& messages_;
  StreamAccount account_;
  RecordWatch watch_;
  ProgressLine progress_;
  std::uint64_t dumps_ = 0;
  std::uint64_t marks_ = 0;
  std::uint32_t command_status_ = HT_NO_STATUS;
  std::uint64_t next_trigger_ns_ = 0;
  Result<void> failure_;
  FlightRecorder recorder_;
};

}  // namespace

Result<int> run_flight(const Options& options, const Environment& environment) {
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();
  Flight flight(options, environment, *messages);
  Options asked = options;
  asked.trace.counters_interval_ns = FlightRecorder::counters_interval_ns(options.record.ring_ns);
  Result<std::unique_ptr<Source>> source = open_source(asked, environment);
  if (!source) return source.error();
  RETURN_IF_ERROR(flight.run(**source));
  return options.propagate ? exit_code_of(flight.command_status()) : 0;
}

}  // namespace hoodtrace
