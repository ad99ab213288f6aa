// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace info.

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/file_options.hpp"
#include "command/progress_line.hpp"
#include "command/stream_loop.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"
#include "stream/file_source.hpp"
#include "view/info_view.hpp"

namespace hoodtrace {

namespace {

// Each record is counted, and that is all.
class NoObserver : public Observer {
  void on_event(const Event&, std::string&) override {}
};

}  // namespace

Result<int> run_info(const Options& options, const Environment&) {
  if (options.format == Format::kCsv) return usage("info has no table: use --format text or json");
  if (options.from.empty()) return usage("info needs a recording: hoodtrace info FILE");
  RETURN_IF_ERROR(check_files(options));
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  Result<std::unique_ptr<FileSource>> source = FileSource::open(options.from);
  if (!source) return source.error();

  // Reads the whole file, because only that verifies every checksum.
  StreamAccount account;
  RecordingContents contents(account);
  ProgressLine progress;
  NoObserver nobody;
  StreamLoop loop(nobody, account, nullptr);
  loop.on_record = [&](RecordView record, const Event* event) {
    if (!(*source)->is_made(record)) contents.on_record(record, event);
  };
  loop.after_batch = [&](std::span<const RecordView> records) -> Result<void> {
    if (progress.is_due(static_cast<unsigned>(records.size())))
      progress.show(fmt::format("{} of {} read", format_bytes((*source)->facts().offset),
                                format_bytes((*source)->facts().bytes)));
    return {};
  };
  RETURN_IF_ERROR(loop.run(**source));
  progress.clear();
  const FileSource::Facts facts = (*source)->facts();
  RecordingFile file;
  file.path = options.from == "-" ? "standard input" : options.from;
  file.bytes = facts.bytes;
  file.version = facts.version;
  file.blocks = facts.blocks;
  file.damaged_blocks = facts.damaged_blocks;
  file.is_whole = facts.is_whole;
  file.trailing_bytes = facts.trailing_bytes;
  const std::string text = options.format == Format::kJson ? json_line(info_json(file, contents))
                                                           : info_text(file, contents);
  RETURN_IF_ERROR(sink->write(text));
  RETURN_IF_ERROR(sink->finish());
  return 0;
}

}  // namespace hoodtrace
