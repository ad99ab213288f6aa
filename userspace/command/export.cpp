// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace export.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>

#include "base/nearest_word.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/file_options.hpp"
#include "command/open_page.hpp"
#include "command/pipeline.hpp"
#include "command/progress_line.hpp"
#include "command/stream_loop.hpp"
#include "event/session_words.hpp"
#include "output/exporter.hpp"
#include "output/rows/event_rows.hpp"
#include "output/sink.hpp"
#include "output/write_behind.hpp"
#include "output/zstd_stream.hpp"
#include "stream/read_ahead.hpp"
#include "view/loss_text.hpp"

namespace hoodtrace {
namespace {

// What is written at a time: it is in the cache still.
constexpr std::size_t kChunkBytes = 128 * 1024;

constexpr std::string_view kZstdEnding = ".zst";
constexpr std::string_view kPageEnding = ".html";

// By its name; without one by the ending of the file, whether or not ".zst" follows.
const ExportForm* find_form(const Options& options) {
  std::string_view file = options.output;
  if (file.ends_with(kZstdEnding)) file.remove_suffix(kZstdEnding.size());
  const auto* const at =
      std::find_if(kExportForms.begin(), kExportForms.end(), [&](const ExportForm& form) {
        return options.export_to.empty() ? file.ends_with(form.ending)
                                         : form.name == options.export_to;
      });
  return at == kExportForms.end() ? nullptr : at;
}

// Types of events that there are, and a form that has rows.
Result<void> check_kinds(const Options& options, const ExportForm& form) {
  if (options.export_kinds.empty()) return {};
  if (!form.is_rows)
    return usage(fmt::format("--events is for jsonl and csv, not for {}", form.name));
  const std::vector<std::string_view> known = row_kinds();
  for (const std::string& kind : options.export_kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end())
      return usage(fmt::format("--events: '{}' is none of {}{}", printable(kind),
                               fmt::join(known, ", "), did_you_mean(kind, known)));
  return {};
}

// A choice of processes is for the form that shows them.
Result<void> check_processes(const Options& options, const ExportForm& form) {
  if (form.is_page || (!options.procs.failed_only && options.procs.slow_ns == 0)) return {};
  return usage(fmt::format("--failed and --slow are for html, not for {}", form.name));
}

// Does the recording have what --host-name asks for?
bool has_host_ids(const Event& event) {
  const auto* session = event.as<ht_session>();
  if (session == nullptr) return false;
  for (const auto& [key, value] : session_words(*session))
    if (key == kBootIdWord) return true;
  return false;
}

std::string form_names() {
  std::string names;
  for (const ExportForm& form : kExportForms)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", form.name);
  return names;
}

std::string summary(const Options& options, const StreamAccount& account, std::uint64_t started_ns,
                    std::uint64_t bytes) {
  std::string text = fmt::format("{}: {} events, {}, {}\n", output_name(options.output),
                                 format_grouped(account.seen()), format_bytes(bytes),
                                 missing_text(account.lost(), account.undecodable()));
  if (const std::string slept = slept_text(account.slept()); !slept.empty()) text += slept + "\n";
  text += remarks_text(account, started_ns);
  if (!account.has_end()) text += std::string(kNoEndText) + "\n";
  return text;
}

}  // namespace

Result<int> run_export(const Options& options, const Environment& environment) {
  const ExportForm* form = find_form(options);
  if (form == nullptr)
    return usage(options.export_to.empty()
                     ? fmt::format("export needs a form: --to one of {}", form_names())
                     : fmt::format("unknown form '{}'; --to takes one of {}",
                                   printable(options.export_to), form_names()));
  RETURN_IF_ERROR(check_kinds(options, *form));
  RETURN_IF_ERROR(check_processes(options, *form));
  if (options.export_open && (form->ending != kPageEnding || options.output.empty() ||
                              options.output == "-" || options.output.ends_with(kZstdEnding)))
    return usage("--open shows a page: export it with --to html -o FILE");
  if (options.output.empty() && !options.trace.target.command.empty())
    return usage("the command after -- uses standard output: name a file with -o FILE");
  RETURN_IF_ERROR(check_files(options));
  Result<Sink> sink = Sink::open(options.output, false, replace_of(options));
  if (!sink) return sink.error();
  if (form->is_binary && sink->is_terminal())
    return usage(
        fmt::format("{} is not written to a terminal: name a file with -o FILE", form->name));
  Options traced = options;
  // Who woke whom is a part of what Perfetto shows.
  if (form->wants_wakers) traced.trace.wakers = true;
  if (options.procs.failed_only) traced.trace.failed_execs = true;
  Result<std::unique_ptr<Source>> source =
      open_source(traced, environment, ReplayFilter::Use::kExport);
  if (!source) return source.error();
  // A pipe is read as it comes: a thread that waits for it could not be ended.
  if (std::filesystem::is_regular_file(options.from))
    *source = std::make_unique<ReadAhead>(std::move(*source));

  TaskTable tasks;
  StreamAccount account;
  const std::unique_ptr<Observer> exporter =
      form->make(tasks, {std::max<std::uint64_t>(options.threshold_ns, 1), options.export_kinds,
                         options.trace.host_name, options.procs});
  ProgressLine progress;
  std::atomic<std::uint64_t> bytes = 0;  // written
  StreamLoop loop(*exporter, account, &tasks);
  loop.chunk_bytes = kChunkBytes;
  std::uint64_t started_ns = 0;
  bool has_ids = false;
  loop.on_record = [&](RecordView record, const Event* event) {
    if (started_ns != 0) return;
    started_ns = record.head->time_ns;
    has_ids = event != nullptr && has_host_ids(*event);
  };
  std::optional<ZstdStream> zstd;
  if (options.output.ends_with(kZstdEnding)) zstd.emplace();
  std::string packed;
  const auto write = [&](const std::string& out) {
    bytes += out.size();
    return sink->write(out);
  };
  WriteBehind behind([&](const std::string& out) {
    if (!zstd) return write(out);
    packed.clear();
    zstd->add(out, packed);
    return write(packed);
  });
  loop.write = [&behind](std::string& out) { return behind.add(out); };
  loop.after_batch = [&](std::span<const RecordView> records) -> Result<void> {
    if (progress.is_due(static_cast<unsigned>(records.size())))
      progress.show(fmt::format("export: {} events, {} written", format_grouped(account.seen()),
                                format_bytes(bytes)));
    return {};
  };
  const Result<void> ran = loop.run(**source);
  RETURN_IF_ERROR(behind.finish());
  RETURN_IF_ERROR(ran);
  if (zstd) {
    packed.clear();
    zstd->finish(packed);
    RETURN_IF_ERROR(write(packed));
  }
  RETURN_IF_ERROR(sink->finish());
  progress.clear();
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();
  (void)messages->write(summary(options, account, started_ns, bytes));
  if (options.trace.host_name && form->is_rows && !has_ids)
    (void)messages->write(
        "machine_id and boot_id are not in the recording: they are recorded with --host-name\n");
  if (options.export_open) RETURN_IF_ERROR(open_page(options.output));
  return options.propagate ? exit_code_of(loop.command_status()) : 0;
}

}  // namespace hoodtrace
