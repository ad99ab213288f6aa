// hoodtrace record.

#include <fmt/format.h>

#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "output/sink.hpp"
#include "stream/recorder.hpp"

namespace hoodtrace {

Result<int> run_record(const Options& options, const Environment& environment) {
  if (options.output.empty())
    return usage("record needs a file to write: hoodtrace record -o FILE");
  if (!options.from.empty()) return usage("record takes no --from: it records the live kernel");
  Result<Recorder> recorder = Recorder::create(options.output);
  if (!recorder) return recorder.error();
  Result<std::unique_ptr<Source>> source = open_source(options, environment);
  if (!source) return source.error();

  std::uint64_t count = 0;
  StreamAccount account;
  std::uint32_t command_status = HT_NO_STATUS;
  for (;;) {
    Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    for (const RecordView& record : *records) {
      count++;
      if (Result<void> written = recorder->write(record); !written) return written.error();
      const std::optional<Event> event = decode(record);
      if (!event) continue;
      feed(account, *event);
      if (const auto* const* tick = std::get_if<const ht_tick*>(&*event))
        command_status = (*tick)->command_status;
    }
  }
  if (Result<void> flushed = recorder->flush(); !flushed) return flushed.error();
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();
  (void)messages->write(fmt::format("{}: {} events, {}, {} lost\n", options.output,
                                    format_grouped(count), format_bytes(recorder->bytes()),
                                    account.lost_total()));
  return options.propagate ? exit_code_of(command_status) : 0;
}

}  // namespace hoodtrace
