// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace serve. One thread reads the stream, those of the server answer scrapes.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "command/serve/latest.hpp"
#include "command/stream_loop.hpp"
#include "event/feed.hpp"
#include "event/session_words.hpp"
#include "model/totals/units.hpp"
#include "view/serve/families.hpp"

namespace hoodtrace {
namespace {

class ServeObserver : public Observer {
 public:
  ServeObserver(UnitTotals& totals, const StreamAccount& account, ServeFacts facts, Latest& latest)
      : totals_(totals), account_(account), facts_(std::move(facts)), latest_(latest) {}

  void on_event(const Event& event, std::string&) override {
    feed(totals_, event);
    if (const auto* session = event.as<ht_session>()) {
      for (const auto& [key, value] : session_words(*session)) {
        if (key == "kernel") facts_.kernel = printable(value);
        if (key == "how") facts_.hooks = printable(value);
      }
    }
    // The mark comes behind the snapshot that was asked for.
    const auto* tick = event.as<ht_tick>();
    if (tick != nullptr && tick->kind == HT_TICK_MARK)
      latest_.put(
          std::make_shared<const MetricFamilies>(serve_families(totals_, account_, facts_)));
  }

 private:
  UnitTotals& totals_;
  const StreamAccount& account_;
  ServeFacts facts_;
  Latest& latest_;
};

}  // namespace

Result<void> complete_serve(Options& options) {
  if (options.serve.listen.tls_cert.empty() != options.serve.listen.tls_key.empty())
    return usage("--tls-cert and --tls-key go together");
  for (const std::string& name : options.serve.families)
    if (std::find(kServeFamilies.begin(), kServeFamilies.end(), name) == kServeFamilies.end())
      return usage(fmt::format("--families: serve has no family '{}'; there are {}",
                               printable(name), serve_family_words()));
  const auto wants = [&options](std::string_view family) {
    const std::vector<std::string>& named = options.serve.families;
    return named.empty() || std::find(named.begin(), named.end(), family) != named.end();
  };
  options.trace.totals = {wants("procs"), wants("cache"), options.serve.pairs};
  options.trace.families = {Family::kTotals};
  if (wants("faults")) options.trace.families.add(Family::kFaults);
  if (wants("disk")) options.trace.families.add(Family::kDisk);
  // Now and then, so that slots of cgroups that are gone are given back when nobody scrapes.
  options.trace.counters_interval_ns = 60'000'000'000;
  return {};
}

Result<int> run_serve(const Options& options, const Environment& environment) {
  // The address first: that it is in use must not take a moment to say.
  Result<std::unique_ptr<MetricsServer>> server =
      environment.open_metrics_server(options.serve.listen);
  if (!server) return server.error();
  Result<std::unique_ptr<Source>> source = environment.open_live(options.trace);
  if (!source) return source.error();

  UnitTotals totals(options.serve.max_units);
  StreamAccount account;
  Latest latest([&environment] { environment.ask(Ask::kMark); });
  ServeFacts facts;
  facts.version = environment.version;
  facts.lives = options.trace.totals.lives;
  facts.pages = options.trace.totals.pages;
  facts.pairs = options.trace.totals.pairs;
  facts.faults = options.trace.families.has(Family::kFaults);
  facts.disk = options.trace.families.has(Family::kDisk);
  ServeObserver observer(totals, account, facts, latest);
  RETURN_IF_ERROR((*server)->start([&latest] { return latest.get(); }));
  std::fprintf(stderr, "hoodtrace: serving %s; Ctrl-C ends\n",
               printable((*server)->address()).c_str());
  StreamLoop loop(observer, account, nullptr);
  const Result<void> result = loop.run(**source);
  latest.close();
  server->reset();
  if (!result) return result.error();
  return 0;
}

}  // namespace hoodtrace
