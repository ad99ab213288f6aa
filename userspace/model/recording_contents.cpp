// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/recording_contents.hpp"

#include <algorithm>

#include "event/session_words.hpp"

namespace hoodtrace {

void RecordingContents::on_record(RecordView record, const Event* event) {
  Kind& kind = kinds_[event != nullptr ? record.head->type : std::uint16_t{0}];
  kind.records++;
  kind.bytes += record.bytes;
  records_++;
  if (event == nullptr) return;
  if (first_ns_ == 0) first_ns_ = record.head->time_ns;
  last_ns_ = std::max<std::uint64_t>(last_ns_, record.head->time_ns);
  if (const auto* tick = event->as<ht_tick>()) {
    has_end_ = has_end_ || tick->kind == HT_TICK_END;
  } else if (const auto* session = event->as<ht_session>()) {
    words_.clear();
    for (const auto& [key, value] : session_words(*session)) words_.emplace_back(key, value);
    wall_ns_ = session->wall_ns;
    cpus_ = session->cpus;
    first_ns_ = record.head->time_ns;
  }
}

}  // namespace hoodtrace
