// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/minutes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

// The fastest: it runs all the time, and nearly none of it is ever written.
RecordingForm form() {
  RecordingForm form;
  form.zstd_level = 1;
  form.max_bytes = Minutes::kMostBytes;
  return form;
}

bool is_mark(const RecordView& record) {
  return record.head->type == HT_TICK && record.bytes >= sizeof(ht_tick) &&
         reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_MARK;
}

}  // namespace

Minutes::Minutes(std::uint64_t keep_ns, Mailbox& mailbox)
    : recorder_(keep_ns, form()), mailbox_(mailbox) {}

Result<void> Minutes::on_records(std::span<const RecordView> records) {
  RETURN_IF_ERROR(recorder_.write(records));
  if (std::any_of(records.begin(), records.end(), is_mark)) write();
  report(false);
  return {};
}

void Minutes::write() {
  const std::optional<std::string> path = mailbox_.take_path();
  if (!path || recorder_.start_dump(*path)) return;
  Mailbox::News news;
  news.message = "the last one is still being written: not written again";
  mailbox_.put(std::move(news));
}

void Minutes::report(bool wait) {
  FlightRecorder::Dump dump;
  if (!recorder_.take_dump(dump, wait)) return;
  Mailbox::News news;
  news.message = dump.outcome ? fmt::format("wrote {}: the last {}, {} events, {}",
                                            printable(dump.path), format_duration(dump.span_ns),
                                            format_grouped(dump.records), format_bytes(dump.bytes))
                              : dump.outcome.error().message;
  mailbox_.put(std::move(news));
}

}  // namespace hoodtrace
