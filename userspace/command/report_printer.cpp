// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/report_printer.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/terminal_text.hpp"
#include "base/text.hpp"
#include "event/feed.hpp"

namespace hoodtrace {
namespace {

bool wants_color(ColorMode mode, const Sink& sink) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  return sink.is_terminal() && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

ReportPrinter::ReportPrinter(const Options& options, const Sink& sink, TaskTable& tasks,
                             StreamAccount& account, Observer& view)
    : options_(options),
      tasks_(tasks),
      account_(account),
      view_(view),
      columns_(sink.width() != 0 ? sink.width() : options.width),
      renderer_(make_renderer(options.format, {columns_, wants_color(options.color, sink)})) {}

void ReportPrinter::on_event(const Event& event, std::string& out) {
  if (!options_.from.empty() && !families_.is_known()) {
    families_.on_event(event);
    if (families_.is_known()) failure_ = families_.check(options_.trace.families, options_.from);
  }
  if (!failure_) return;
  feed(gaps_, event);
  if (const auto* session = event.as<ht_session>()) {
    session_ = read_session(*session);
    started_ns_ = session_ns_ = session->head.time_ns;
    is_before_window_ = options_.between.from.has_value();
  }
  has_events_ = true;
  view_.on_event(event, lines_);
  if (!lines_.empty()) {
    if (!is_before_window_) out += shown(wrapped(lines_));
    lines_.clear();
  }
  if (const auto* tick = event.as<ht_tick>()) on_tick(*tick, out);
}

void ReportPrinter::on_tick(const ht_tick& tick, std::string& out) {
  // Printed at the stream's end: what is wrong with a recording's last bytes is known only then.
  if (tick.kind == HT_TICK_END) end_ns_ = tick.head.time_ns;
  if (tick.kind != HT_TICK_INTERVAL) return;
  print(tick.head.time_ns, false, out);
  is_before_window_ = false;
  view_.begin_interval(tick.head.time_ns);
  tasks_.forget_ended();
  account_.begin_interval();
  gaps_.begin_interval();
  started_ns_ = tick.head.time_ns;
}

void ReportPrinter::finish(const StreamAccount& account, std::string& out) {
  print(end_ns_.value_or(account.last_ns()), true, out);
  view_.finish(account, out);
}

void ReportPrinter::print(std::uint64_t now_ns, bool is_last, std::string& out) {
  // When the session does not name the families, only the records of the whole file show them.
  if (is_last && !options_.from.empty())
    failure_ = families_.check(options_.trace.families, options_.from);
  if (failure_ && has_events_ && session_ns_ == 0 && !options_.from.empty())
    failure_ =
        failed(fmt::format("{} lacks its beginning (its first block is damaged or missing): what "
                           "was traced, and since "
                           "when, is not known; see: hoodtrace info {}",
                           printable(options_.from), printable(options_.from)));
  if (!failure_) return;
  Report report;
  report.width = columns_;
  report.command = options_.command;
  report.target = session_.target;
  if (options_.verbose) report.how = session_.how;
  report.started_ns = started_ns_;
  report.duration_ns = now_ns > started_ns_ ? now_ns - started_ns_ : 0;
  report.seen = account_.seen();
  report.undecodable = account_.undecodable();
  report.lost = account_.lost();
  report.slept = account_.slept();
  report.session_ns = session_ns_;
  report.target_remade_ns = account_.target_remade_ns();
  report.culprits_off_ns = account_.culprits_off_ns();
  report.lacks_end = is_last && !options_.from.empty() && !account_.has_end();
  report.offline = gaps_.gaps();
  view_.report(now_ns, report);
  // A window begins with a tick: earlier records are counted before it, and are not in the window.
  if (is_before_window_) return;
  std::string text = shown(renderer_->render(report));
  if (out.empty())
    out = std::move(text);
  else
    out += text;
}

std::string ReportPrinter::shown(std::string text) const {
  if (options_.ascii && options_.format == Format::kText) return ascii_drawings(text);
  return text;
}

std::string ReportPrinter::wrapped(const std::string& lines) const {
  if (columns_ == 0) return lines;
  std::string out;
  std::string_view left = lines;
  while (!left.empty()) {
    const std::size_t end = left.find('\n');
    out += wrap_to_width(left.substr(0, end), columns_) + "\n";
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  return out;
}

}  // namespace hoodtrace
