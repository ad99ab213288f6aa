// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace export.

#include <fmt/format.h>

#include <algorithm>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "command/progress_line.hpp"
#include "output/exporter.hpp"
#include "output/sink.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

const ExportForm* find_form(std::string_view name) {
  const auto* const at = std::find_if(kExportForms.begin(), kExportForms.end(),
                                      [name](const ExportForm& form) { return form.name == name; });
  return at == kExportForms.end() ? nullptr : at;
}

std::string form_names() {
  std::string names;
  for (const ExportForm& form : kExportForms)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", form.name);
  return names;
}

// One run: what goes out, and what is told about it.
class Export {
 public:
  Export(const Options& options, const ExportForm& form, Sink& sink)
      : options_(options),
        sink_(sink),
        exporter_(form.make(tasks_, {std::max<std::uint64_t>(options.threshold_ns, 1)})) {
    exporter_->begin(out_);
  }

  Result<void> on_record(RecordView record) {
    const std::optional<Event> event = decode(record);
    if (!event) {
      account_.on_undecodable();
      return {};
    }
    count_++;
    account_.on_record(*record.head);
    feed(account_, *event);
    feed(tasks_, *event);
    exporter_->on_event(*event, out_);
    while (tasks_.overdue() != kNoTask) {
      const TaskId task = tasks_.overdue();
      exporter_->fold(task);
      tasks_.forget(task);
    }
    if (const auto* const* tick = std::get_if<const ht_tick*>(&*event))
      command_status_ = (*tick)->command_status;
    if (progress_.is_due())
      progress_.show(fmt::format("export: {} events, {} written", format_grouped(count_),
                                 format_bytes(bytes_ + out_.size())));
    return out_.size() < kChunkBytes ? Result<void>() : flush();
  }

  Result<void> finish() {
    exporter_->finish(account_, out_);
    return flush();
  }

  [[nodiscard]] std::string summary() const {
    std::string lost = account_.lost_total() == 0 ? "none lost" : "";
    for (const auto& [kind, number] : account_.lost())
      lost += fmt::format("{}{} {} lost", lost.empty() ? "" : ", ", format_grouped(number), kind);
    if (account_.undecodable() > 0)
      lost += fmt::format(", {} not decodable", format_grouped(account_.undecodable()));
    return fmt::format("{}: {} events, {}, {}\n",
                       options_.output.empty() ? "standard output" : printable(options_.output),
                       format_grouped(account_.seen()), format_bytes(bytes_), lost);
  }
  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }

 private:
  Result<void> flush() {
    bytes_ += out_.size();
    Result<void> written = sink_.write(out_);
    out_.clear();
    return written;
  }

  const Options& options_;
  Sink& sink_;
  TaskTable tasks_;
  std::unique_ptr<Exporter> exporter_;
  StreamAccount account_;
  ProgressLine progress_;
  std::string out_;
  std::uint64_t bytes_ = 0;
  std::uint64_t count_ = 0;
  std::uint32_t command_status_ = HT_NO_STATUS;
};

}  // namespace

Result<int> run_export(const Options& options, const Environment& environment) {
  const ExportForm* form = find_form(options.export_to);
  if (form == nullptr)
    return usage(options.export_to.empty()
                     ? fmt::format("export needs a form: --to one of {}", form_names())
                     : fmt::format("export knows no form '{}'; --to takes one of {}",
                                   printable(options.export_to), form_names()));
  if (options.output.empty() && !options.trace.target.command.empty())
    return usage("the command after -- uses standard output: name a file with -o FILE");
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  if (form->is_binary && sink->is_terminal())
    return usage(
        fmt::format("{} is not written to a terminal: name a file with -o FILE", form->name));
  Options traced = options;
  // Who woke whom is a part of what Perfetto shows.
  if (form->wants_wakers) traced.trace.wakers = true;
  Result<std::unique_ptr<Source>> source = open_source(traced, environment);
  if (!source) return source.error();

  Export run(options, *form, *sink);
  for (;;) {
    Result<std::span<const RecordView>> records = (*source)->next();
    if (!records) return records.error();
    if (records->empty()) break;
    for (const RecordView& record : *records) RETURN_IF_ERROR(run.on_record(record));
  }
  RETURN_IF_ERROR(run.finish());
  Result<Sink> messages = Sink::open("", true);
  if (!messages) return messages.error();
  (void)messages->write(run.summary());
  return options.propagate ? exit_code_of(run.command_status()) : 0;
}

}  // namespace hoodtrace
