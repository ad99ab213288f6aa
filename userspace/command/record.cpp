// hoodtrace record.

#include <fmt/format.h>

#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "output/sink.hpp"
#include "stream/recorder.hpp"

namespace hoodtrace {
namespace {

// What the stream itself says while it is recorded.
class Watch {
 public:
  void on_record(RecordView record) {
    const std::optional<Event> event = decode(record);
    if (!event) return account_.on_undecodable();
    account_.on_record(*record.head);
    feed(account_, *event);
    if (const auto* const* tick = std::get_if<const ht_tick*>(&*event))
      if ((*tick)->kind == HT_TICK_END) command_status_ = (*tick)->command_status;
  }

  [[nodiscard]] const StreamAccount& account() const { return account_; }
  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }

 private:
  StreamAccount account_;
  std::uint32_t command_status_ = HT_NO_STATUS;
};

std::string summary(const Options& options, const Recorder& recorder, const Watch& watch) {
  const std::uint64_t lost = watch.account().lost_total() + recorder.dropped();
  std::string text = fmt::format("{}: {} events, {}, {} lost", options.output,
                                 format_grouped(watch.account().seen()),
                                 format_bytes(recorder.bytes()), format_grouped(lost));
  if (recorder.dropped() > 0)
    text +=
        fmt::format(" ({} not written: the disk was too slow)", format_grouped(recorder.dropped()));
  if (recorder.is_full())
    text += fmt::format("; ended at --max-size {}", format_bytes(options.record.form.max_bytes));
  return text + "\n";
}

// A line that is overwritten, on a terminal only.
class Progress {
 public:
  explicit Progress(Sink& sink) : sink_(sink), is_shown_(sink.is_terminal()) {}

  void show(std::uint64_t now_ns, const Recorder& recorder, const Watch& watch) {
    constexpr std::uint64_t kEachNs = 500'000'000;
    if (!is_shown_ || now_ns < next_ns_) return;
    next_ns_ = now_ns + kEachNs;
    (void)sink_.write(
        fmt::format("\r{} events, {}, {} lost\x1b[K", format_grouped(watch.account().seen()),
                    format_bytes(recorder.bytes()),
                    format_grouped(watch.account().lost_total() + recorder.dropped())));
    was_shown_ = true;
  }

  void clear() {
    if (was_shown_) (void)sink_.write("\r\x1b[K");
  }

 private:
  Sink& sink_;
  bool is_shown_;
  bool was_shown_ = false;
  std::uint64_t next_ns_ = 0;
};

}  // namespace

Result<int> run_record(const Options& options, const Environment& environment) {
  if (options.output.empty())
    return usage("record needs a file to write: hoodtrace record -o FILE");
  Result<std::unique_ptr<Recorder>> recorder =
      Recorder::create(options.output, options.record.form);
  if (!recorder) return recorder.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();

  Watch watch;
  Progress progress(*messages);
  Result<void> written;
  bool asked_to_stop = false;
  while (written) {
    Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    for (const RecordView& record : *records) watch.on_record(record);
    written = (*recorder)->write(*records);
    progress.show(records->back().head->time_ns, **recorder, watch);
    if ((*recorder)->is_full() && !std::exchange(asked_to_stop, true)) environment.ask(Ask::kStop);
  }
  progress.clear();
  const Result<void> finished = (*recorder)->finish();
  (void)messages->write(summary(options, **recorder, watch));
  if (!finished)
    return failed(finished.error().message + "; what came before is in the file, which is whole");
  return options.propagate ? exit_code_of(watch.command_status()) : 0;
}

}  // namespace hoodtrace
