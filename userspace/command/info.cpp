// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace info.

#include <fmt/format.h>

#include "base/result.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/progress_line.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"
#include "stream/file_source.hpp"
#include "view/info_view.hpp"

namespace hoodtrace {

Result<int> run_info(const Options& options, const Environment&) {
  if (options.format == Format::kCsv) return usage("info has no table: use --format text or json");
  if (options.from.empty()) return usage("info needs a recording: hoodtrace info FILE");
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  Result<std::unique_ptr<FileSource>> source = FileSource::open(options.from);
  if (!source) return source.error();

  // All of it is read: only so is it known that every checksum is right.
  RecordingContents contents;
  ProgressLine progress;
  for (;;) {
    const Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    for (const RecordView& record : *records) contents.on_record(record);
    if (progress.is_due(static_cast<unsigned>(records->size())))
      progress.show(fmt::format("{} of {} read", format_bytes((*source)->facts().offset),
                                format_bytes((*source)->facts().bytes)));
  }
  progress.clear();
  const FileSource::Facts facts = (*source)->facts();
  const RecordingFile file{options.from, facts.bytes,          facts.version,
                           facts.blocks, facts.damaged_blocks, facts.is_whole};
  const std::string text = options.format == Format::kJson ? json_line(info_json(file, contents))
                                                           : info_text(file, contents);
  RETURN_IF_ERROR(sink->write(text));
  return 0;
}

}  // namespace hoodtrace
