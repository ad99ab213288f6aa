// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace top. One thread traces and counts, the other draws and takes keys.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "command/stream_loop.hpp"
#include "command/top/mailbox.hpp"
#include "command/top/minutes.hpp"
#include "command/top/screen_loop.hpp"
#include "command/top/snapshots.hpp"
#include "command/top/ticking_source.hpp"
#include "view/top/browser.hpp"
#include "view/top/terminal.hpp"

namespace hoodtrace {
namespace {

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? printable(name) : std::string();
}

// The options that choose the same target, each with a blank before it.
std::string target_options(const Target& target) {
  std::string out;
  const auto add = [&out](std::string_view option, std::string_view value) {
    if (!value.empty()) out += fmt::format(" {} {}", option, printable(value));
  };
  const auto ids = [](const std::vector<std::uint32_t>& list) {
    return fmt::format("{}", fmt::join(list, ","));
  };
  add("--pid", ids(target.pids));
  add("--tid", ids(target.tids));
  add("--comm", target.comm_glob);
  add("--cgroup", target.cgroup_path);
  add("--unit", target.unit);
  add("--container", target.container);
  return out;
}

std::string target_words(const Options& options) {
  const Target& target = options.trace.target;
  if (!options.from.empty()) return printable(options.from);
  if (!target.command.empty()) return printable(target.command.front());
  const std::string chosen = target_options(target);
  return chosen.empty() ? "whole system" : chosen.substr(1);
}

// All signals but those of the terminal's size go to the thread that traces.
void take_signals_of_terminal(bool take) {
  sigset_t set;
  if (take)
    ::sigfillset(&set);
  else
    ::sigemptyset(&set);
  for (const int signal : {SIGWINCH, SIGCONT}) {
    if (take)
      ::sigdelset(&set, signal);
    else
      ::sigaddset(&set, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

// A target that has ended stays on the screen.
bool stays(const Options& options) {
  const Target& target = options.trace.target;
  return options.trace.duration_ns == 0 &&
         (!target.command.empty() || !target.pids.empty() || !target.tids.empty());
}

using TakeSnapshot = std::function<void(std::shared_ptr<const Snapshot>)>;

// The command after -- that still runs; "" when there is none.
struct Running {
  std::string name;  // printable
  std::string pid;
};

// Counts the stream to its end. `minutes` may be null.
Result<Running> run_stream(Source& source, Families families, const Mailbox& mailbox,
                           Minutes* minutes, const TakeSnapshot& take) {
  TaskTable tasks;
  StreamAccount account;
  SnapshotMaker maker(
      tasks, account, families, [&mailbox] { return mailbox.wish(); }, take);
  StreamLoop loop(maker, account, &tasks);
  if (minutes != nullptr)
    loop.after_batch = [minutes](std::span<const RecordView> records) {
      return minutes->on_records(records);
    };
  RETURN_IF_ERROR(loop.run(source));
  if (minutes != nullptr) minutes->finish();
  for (TaskId id = 1; id < tasks.size(); id++)
    if (tasks[id].in_use && tasks[id].alive && tasks[id].traced && tasks.is_command(id))
      return Running{printable(comm_view(tasks[id])), fmt::format("{}", tasks[id].tid)};
  return Running();
}

// A recording, and again whenever it is looked at otherwise, until the user leaves.
Result<void> run_recording(const Options& options, const Environment& environment,
                           std::unique_ptr<Source> source, Mailbox& mailbox) {
  Browser::Wish wish = mailbox.wish();
  RETURN_IF_ERROR(run_stream(
      *source, options.trace.families, mailbox, nullptr,
      [&mailbox](std::shared_ptr<const Snapshot> snapshot) { mailbox.put(std::move(snapshot)); }));
  Mailbox::News end;
  end.end = "";
  mailbox.put(std::move(end));
  while (const std::optional<Browser::Wish> other = mailbox.wait_for_other(wish)) {
    wish = *other;
    Result<std::unique_ptr<Source>> file = open_source(options, environment);
    if (!file) return file.error();
    TickingSource ticking(std::move(*file), wish.interval_ns);
    Mailbox::News news;
    news.again.emplace();
    RETURN_IF_ERROR(run_stream(ticking, options.trace.families, mailbox, nullptr,
                               [&news](std::shared_ptr<const Snapshot> snapshot) {
                                 news.again->push_back(std::move(snapshot));
                               }));
    mailbox.put(std::move(news));
  }
  return {};
}

// The live system. When a family is wished for, tracing begins anew with it; without it when it cannot
// be attached.
class LiveRun {
 public:
  LiveRun(const Options& options, const Environment& environment, Mailbox& mailbox)
      : request_(options.trace),
        keep_ns_(options.top.keep_ns),
        environment_(environment),
        mailbox_(mailbox),
        interval_ns_(options.top.interval_ns) {
    request_.interval_wish_ns = &interval_ns_;
    request_.counters_interval_ns = FlightRecorder::counters_interval_ns(keep_ns_);
    request_.spares_counters = true;
    request_.families_follow = request_.target.command.empty();
  }

  Result<void> open() {
    Result<std::unique_ptr<Source>> source = environment_.open_live(request_);
    if (!source) return source.error();
    source_ = std::move(*source);
    return {};
  }

  // Until the stream ends and no family is wished for.
  Result<void> run() {
    for (;;) {
      Minutes minutes(keep_ns_, mailbox_);
      Result<Running> goes_on = run_stream(
          *source_, request_.families, mailbox_, &minutes,
          [this](std::shared_ptr<const Snapshot> snapshot) { mailbox_.put(std::move(snapshot)); });
      source_.reset();
      if (!goes_on) return goes_on.error();
      goes_on_ = *goes_on;
      const std::optional<Family> family = mailbox_.wish().family;
      const bool is_new = family && !request_.families.has(*family) && request_.families_follow;
      if (mailbox_.has_left() || !is_new) return {};
      RETURN_IF_ERROR(open_with(*family));
      is_stopping_ = false;
      if (mailbox_.has_left()) return {};
    }
  }

  // Ends the stream. Twice would kill this process.
  void stop() {
    if (!is_stopping_.exchange(true)) environment_.ask(Ask::kStop);
  }
  // Of the interval that goes on, too.
  void set_interval(std::uint64_t ns) { interval_ns_ = ns; }
  [[nodiscard]] const Running& goes_on() const { return goes_on_; }

 private:
  Result<void> open_with(Family family) {
    const Families before = request_.families;
    request_.families.add(family);
    request_.families = with_needed(request_.families);
    Result<void> opened = open();
    if (opened) return {};
    request_.families = before;
    Mailbox::News news;
    news.refusal = opened.error().message;
    mailbox_.put(std::move(news));
    return open();
  }

  TraceRequest request_;
  std::uint64_t keep_ns_;
  const Environment& environment_;
  Mailbox& mailbox_;
  std::atomic<std::uint64_t> interval_ns_;
  std::atomic<bool> is_stopping_ = false;
  std::unique_ptr<Source> source_;
  Running goes_on_;
};

}  // namespace

Result<void> complete_top(Options& options) {
  if (!options.between.is_all())
    return usage("top shows the whole recording: leave out --between; the key g goes to a time");
  if (options.from.empty()) options.trace.interval_ns = options.top.interval_ns;
  for (const std::string& name : options.top.families)
    if (!name_family(name, options.trace.families))
      return usage(fmt::format(
          "--families: no family '{}'; there are sched, why, faults, cache, disk and procs",
          printable(name)));
  if (options.trace.families == Families()) options.trace.families.add(Family::kSched);
  options.trace.families = with_needed(options.trace.families);
  options.trace.target.command_is_silent = true;  // the terminal is ours
  return {};
}

Result<int> run_top(const Options& given, const Environment& environment) {
  Options options = given;
  const bool is_live = options.from.empty();
  Mailbox mailbox;
  // Errors come before the terminal is touched.
  LiveRun live(options, environment, mailbox);
  std::unique_ptr<Source> recording;
  if (is_live) {
    RETURN_IF_ERROR(live.open());
  } else {
    for (const ScreenRow& screen : kScreens) options.trace.families.add(screen.family);
    Result<std::unique_ptr<Source>> file = open_source(options, environment);
    if (!file) return file.error();
    recording = std::make_unique<TickingSource>(std::move(*file), options.top.interval_ns);
  }
  Result<std::unique_ptr<Terminal>> terminal = environment.open_terminal();
  if (!terminal) return terminal.error();

  BrowserFacts facts;
  facts.host = host_name();
  facts.target = target_words(options);
  facts.options = target_options(options.trace.target);
  facts.from = options.from;
  facts.is_utf8 = !options.ascii;
  facts.interval_ns = options.top.interval_ns;
  facts.keep_ns = is_live ? options.top.keep_ns : ~std::uint64_t{0} >> 1;
  facts.can_attach = is_live && options.trace.target.command.empty();
  Browser browser(std::move(facts));
  mailbox.wish(browser.wish());
  std::thread drawing([&] {
    take_signals_of_terminal(true);
    const ScreenRequests requests{
        [&](const Browser::Wish& wish) {
          mailbox.wish(wish);
          live.set_interval(wish.interval_ns);
        },
        [&] {
          mailbox.leave();
          terminal->reset();  // at once: the end of tracing takes a moment
          if (is_live) live.stop();
        },
        [&] { live.stop(); }, [&] { environment.ask(Ask::kMark); }};
    run_screen(**terminal, mailbox, browser, requests);
  });
  take_signals_of_terminal(false);

  const Result<void> result =
      is_live ? live.run() : run_recording(options, environment, std::move(recording), mailbox);
  Mailbox::News news;
  if (result && stays(options))
    news.end = "the target has ended; q leaves";
  else
    news.leave = true;
  if (is_live || !result) mailbox.put(std::move(news));
  drawing.join();
  terminal->reset();
  if (!result) return result.error();
  if (!live.goes_on().pid.empty())
    std::fprintf(stderr, "hoodtrace: %s goes on; to end it: kill %s\n", live.goes_on().name.c_str(),
                 live.goes_on().pid.c_str());
  return 0;
}

}  // namespace hoodtrace
