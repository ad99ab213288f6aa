// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/task_log.hpp"

#include <gtest/gtest.h>

#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

class Log {
 public:
  explicit Log(std::optional<TaskOfRow> task) { log_.follow(std::move(task)); }

  // A line per event.
  std::string of(const StreamBuilder& stream) {
    for (std::size_t i = 0; i < stream.records().size(); i++) {
      const std::optional<Event> event = decode(stream.records().at(i));
      if (!event) continue;
      feed(tasks_, *event);
      feed(log_, *event);
    }
    std::string text;
    const std::optional<TaskMoments> moments = log_.take();
    if (!moments) return "nothing is followed";
    for (const auto& moment : moments->last)
      text += std::to_string(moment.time_ns) + " " + moment.text + "\n";
    if (moments->earlier > 0) text += "and " + std::to_string(moments->earlier) + " earlier\n";
    return text;
  }

 private:
  TaskTable tasks_;
  TaskLog log_{tasks_};
};

StreamBuilder two_tasks() {
  StreamBuilder stream;
  stream.session().seen(10, {.comm = "make"}).seen(11, {.comm = "cc1"});
  return stream;
}

TEST(TopTaskLog, SaysWhenItRunsAndWhyItStops) {
  StreamBuilder stream = two_tasks();
  stream.at(5'000).on_cpu(1).switches({.from = 0, .to = 10, .wait_ns = 700});
  stream.at(6'000).switches({.from = 10, .to = 11});
  stream.at(7'000).switches({.from = 11, .to = 10});
  stream.at(8'000).switches({.from = 10, .to = 0, .state = kDiskSleep});
  EXPECT_EQ(Log({{10, 10, 1}}).of(stream),
            "5000 runs on CPU 1, waited 700 ns\n"
            "6000 preempted, then cc1 (11) runs\n"
            "7000 runs on CPU 1\n"
            "8000 sleeps in D, for I/O\n");
}

TEST(TopTaskLog, AProcessHasTheEventsOfItsThreadsWithTheirNames) {
  StreamBuilder stream;
  stream.session().seen(10, {.comm = "make"}).seen(12, {.pid = 10, .comm = "worker"});
  stream.at(5'000).on_cpu(0).switches({.from = 0, .to = 12});
  EXPECT_EQ(Log({{std::nullopt, 10, 1}}).of(stream), "5000 worker (12): runs on CPU 0\n");
}

TEST(TopTaskLog, AnotherTaskWithItsTidIsNotIt) {
  StreamBuilder stream = two_tasks();
  stream.at(5'000).on_cpu(1).switches({.from = 0, .to = 10, .wait_ns = 700});
  EXPECT_EQ(Log({{10, 10, 99}}).of(stream), "");
  EXPECT_EQ(Log({}).of(stream), "nothing is followed");
}

TEST(TopTaskLog, OnlyTheLastAreKept) {
  StreamBuilder stream = two_tasks();
  for (std::uint64_t i = 0; i < 100; i++)
    stream.at(1'000 + 10 * i)
        .on_cpu(1)
        .switches(i % 2 == 0 ? SwitchFields{.from = 0, .to = 10}
                             : SwitchFields{.from = 10, .to = 0, .state = kSleeping});
  const std::string text = Log({{10, 10, 1}}).of(stream);
  EXPECT_EQ(text.substr(0, 4), "1400");
  EXPECT_NE(text.find("1990 sleeps\nand 40 earlier\n"), std::string::npos) << text;
}

TEST(TopTaskLog, AHostileNameIsHarmless) {
  StreamBuilder stream;
  stream.session().seen(10, {.comm = "make"}).seen(11, {.comm = "\033[2J"});
  stream.at(5'000).on_cpu(1).switches({.from = 10, .to = 11});
  EXPECT_EQ(Log({{10, 10, 1}}).of(stream).find('\033'), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
