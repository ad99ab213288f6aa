// SPDX-License-Identifier: GPL-2.0-or-later
// Sleeps and what ends them as JSON lines.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/command_run.hpp"
#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

using Object = nlohmann::json;

class WhyEventRows : public ::testing::Test {
 protected:
  void SetUp() override {
    scenario.session().seen(10, {.comm = "server", .on_cpu = true});
    scenario.seen(11, {.pid = 9, .comm = "owner"});
  }
  // The lines of this type, without what all lines have.
  std::vector<Object> lines(const std::string& type) {
    const CommandRun run = run_command({"export", "--to", "jsonl"}, scenario);
    EXPECT_EQ(run.error, "");
    std::vector<Object> list;
    std::istringstream text(run.output);
    for (std::string line; std::getline(text, line);) {
      Object object = Object::parse(line);
      if (object["type"] != type) continue;
      for (const char* key : {"type", "time_ns", "cpu", "pid", "comm"}) object.erase(key);
      list.push_back(std::move(object));
    }
    return list;
  }
  Object only(const std::string& type) {
    const std::vector<Object> list = lines(type);
    EXPECT_EQ(list.size(), 1U);
    return list.empty() ? Object() : list.front();
  }
  StreamBuilder scenario;
  WhyScenario why{scenario};
};

TEST_F(WhyEventRows, ASleepInACallHasItsArgumentsAndFile) {
  why.sleeps(10, {.call = kReadCall, .args = {3, 4096, 512}, .object = 7, .stack = 9});
  EXPECT_EQ(only("sleep"), Object::parse(R"({"tid":10,"kind":"call","state":"S","call":"read",
    "args":[3,4096,512],"object":7,"stack":9})"));
}

TEST_F(WhyEventRows, AFutexHasItsValueAndOwner) {
  why.sleeps(10, {.call = kFutexCall, .args = {4096, 128, 2}, .owner_tid = 11, .value = 2});
  EXPECT_EQ(only("sleep"), Object::parse(R"({"tid":10,"kind":"call","state":"S","call":"futex",
    "args":[4096,128,2],"futex_value":2,"owner_tid":11,"owner_pid":9,"owner_comm":"owner"})"));
}

TEST_F(WhyEventRows, ALockOfTheKernelHasItsKindAndWhoseItIs) {
  why.sleeps(10, {.state = kDiskSleep,
                  .lock = HT_LOCK_RWSEM_WRITE,
                  .which = HT_LOCK_OF_MM,
                  .flags = HT_SLEEP_IOWAIT | HT_SLEEP_MEMSTALL | HT_SLEEP_SCANNED});
  EXPECT_EQ(only("sleep"), Object::parse(R"({"tid":10,"kind":"no_call","state":"D",
    "lock":"rwsem_write","lock_of":"mm","iowait":true,"memstall":true,"scanned":true})"));
}

TEST_F(WhyEventRows, KernelThreadsAndWorkersOfIoUringAreMarked) {
  why.sleeps(10, {.flags = HT_SLEEP_KTHREAD}).sleeps(11, {.flags = HT_SLEEP_IO_WORKER});
  EXPECT_EQ(lines("sleep")[0]["kind"], "kthread");
  EXPECT_EQ(lines("sleep")[1]["kind"], "io_worker");
}

TEST_F(WhyEventRows, AWakerHasItsCallAndContext) {
  why.wakes(11, {.tid = 10, .call = kWriteCall, .context = HT_CONTEXT_SOFTIRQ});
  EXPECT_EQ(only("waking"), Object::parse(R"({"tid":11,"waker_tid":10,"waker_pid":10,
    "waker_comm":"server","waker_call":"write","waker_context":"softirq"})"));
  scenario.waking(11, 10);
  EXPECT_FALSE(lines("waking")[1].contains("waker_context")) << "recorded without why";
}

TEST_F(WhyEventRows, ObjectsHaveWhatIdentifiesThem) {
  why.tcp(5, "10.0.0.1", 80, "10.0.0.9", 40112).event(6, "[eventfd]").ready(10, 6, 4);
  const std::vector<Object> objects = lines("object");
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0]["kind"], "socket");
  EXPECT_EQ(objects[0]["local"], "10.0.0.1:80");
  EXPECT_EQ(objects[0]["remote"], "10.0.0.9:40112");
  EXPECT_EQ(objects[1]["kind"], "event");
  EXPECT_EQ(objects[1]["name"], "[eventfd]");
  EXPECT_EQ(only("ready"), Object::parse(R"({"tid":10,"object":6,"fd":4})"));
}

TEST_F(WhyEventRows, CyclesHaveTheTimeInWhichTheyWereCounted) {
  why.counts(10, 5000, 700, 300);
  EXPECT_EQ(only("cycles"), Object::parse(R"({"tid":10,"user_cycles":700,"kernel_cycles":300,
    "cycles_ran_ns":5000})"));
}

TEST_F(WhyEventRows, AStopHasItsSignalAndSender) {
  why.stops(10, 10, 11, 19);
  EXPECT_EQ(only("stop"), Object::parse(R"({"tid":10,"signal":19,"sender_tid":11,"sender_pid":9,
    "sender_comm":"owner"})"));
}

TEST_F(WhyEventRows, AStackIsALinePerFrameWithTheAddressesOfSymbols) {
  why.place(0xffff'0000'0000'0001, {"schedule", "pipe\x1b_read"});
  const std::vector<Object> frames = lines("stack");
  const std::vector<Object> symbols = lines("symbol");
  ASSERT_EQ(frames.size(), 2U);
  ASSERT_EQ(symbols.size(), 2U);
  EXPECT_EQ(frames[0]["stack"], 0xffff'0000'0000'0001);
  EXPECT_EQ(frames[1]["address"], symbols[1]["address"]);
  EXPECT_EQ(symbols[1]["symbol"], "pipe\x1b_read");
}

}  // namespace
}  // namespace hoodtrace
