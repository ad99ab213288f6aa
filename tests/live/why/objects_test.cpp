// SPDX-License-Identifier: GPL-2.0-or-later
// Waits for files that are no files of a disk: which one, and who had something for it.

#include <sys/stat.h>

#include <fstream>

#include "live/why/expectations.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

std::string pipe_of(const WhyRun& run) { return std::to_string(run.fact("pipe_inode")); }

TEST(Why, EpollNamesTheFileThatWasReady) {
  HOODTRACE_SCENE(run, {"epoll", "count=5", "ms=20"});
  const pid_t writer = run.tid("writer");
  run.expect_sleeps("poller", "pipe",
                    {.part = "idle", .cause = "call", .object = pipe_of(run), .by = writer});
  run.expect_sleeps("poller", "event",
                    {.part = "idle", .cause = "call", .object = "eventfd", .by = writer});
  run.expect_sleeps("poller", "timeout", {.part = "idle", .cause = "call", .relation = "timer"});
}

TEST(Why, PollOfOneFileNamesIt) {
  HOODTRACE_SCENE(run, {"poll", "count=5", "ms=20"});
  const pid_t writer = run.tid("writer");
  const Want any{.part = "idle", .cause = "call", .call = "poll", .by = writer};
  EXPECT_GE(total(run.thread("poller"), any).count, 10U) << run.thread("poller").dump();
  Want named = any;
  named.object = pipe_of(run);
  run.expect_sleeps("poller", "one", named);
  run.expect_sleeps("poller", "timeout",
                    {.part = "idle", .cause = "call", .call = "poll", .relation = "timer"});
}

TEST(Why, EachEndOfAPipeNamesTheOther) {
  HOODTRACE_SCENE(run, {"pipes", "count=10", "ms=20"});
  // The first write finds room, and one that comes late finds data.
  run.expect_sleeps("source", "full",
                    {.part = "blocked",
                     .cause = "call",
                     .call = "write",
                     .object = pipe_of(run),
                     .relation = "waker",
                     .by = run.tid("sink")},
                    5);
  run.expect_sleeps("sink", "empty",
                    {.cause = "call",
                     .call = "read",
                     .object = pipe_of(run),
                     .relation = "waker",
                     .by = run.tid("source")},
                    5);
}

TEST(Why, ASpliceSleepsForOneOfItsTwoFiles) {
  HOODTRACE_SCENE(run, {"splice", "count=10", "ms=20"});
  const pid_t other = run.tid("other");
  run.expect_sleeps("mover", "full",
                    {.part = "blocked",
                     .cause = "call",
                     .call = "splice",
                     .object = "pipe " + std::to_string(run.fact("full_inode")),
                     .relation = "waker",
                     .by = other},
                    5);
  run.expect_sleeps("mover", "empty",
                    {.part = "idle",
                     .cause = "call",
                     .call = "splice",
                     .object = "pipe " + std::to_string(run.fact("empty_inode")),
                     .relation = "waker",
                     .by = other},
                    5);
}

TEST(Why, ANamedPipeHasItsPath) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string fifo = folder.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const Finished made =
      run_hoodtrace({"why", "--format", "json", "-o", folder.file("report"), "--", "sh", "-c",
                     "(sleep 0.3; echo x) > \"$1\" & read -r line < \"$1\"", "sh", fifo});
  ASSERT_EQ(made.exit_code, 0) << made.error;
  const Json report = Json::parse(std::ifstream(folder.file("report")), nullptr, false);
  ASSERT_TRUE(report.is_object());
  Total reads;
  for (const Json& thread : report["threads"]) {
    const Total one = total(thread, {.call = "read", .object = "FIFO " + fifo});
    reads.ns += one.ns;
    reads.count += one.count;
  }
  EXPECT_EQ(reads.count, 1U) << report.dump();
  EXPECT_GE(reads.ns, 250'000'000U) << report.dump();
}

// The kernel sets in_iowait in that wait (io_cqring_wait, io_uring/io_uring.c).
TEST(Why, AnIoUringThatWaitsForAPipeIsNotDisk) {
  HOODTRACE_SCENE(run, {"uring", "count=5", "ms=20"});
  EXPECT_EQ(total(run.thread("reader"), {.part = "disk", .call = "io_uring_enter"}).ns, 0U)
      << run.thread("reader").dump();
  run.expect_sleeps("reader", "ring", {.call = "io_uring_enter", .by = run.tid("writer")});
}

TEST(Why, DataOverTheLoopbackDeviceIsOfItsSender) {
  HOODTRACE_SCENE(run, {"tcp", "count=10", "ms=20"});
  run.expect_sleeps("receiver", "receive",
                    {.cause = "call",
                     .call = "recvfrom",
                     .object = "127.0.0.1:" + std::to_string(run.fact("port")),
                     .relation = "waker",
                     .by = run.tid("sender")},
                    5);
}

// The timer of SO_SNDTIMEO and received data both end a sleep in a softirq (docs/why.md).
TEST(Why, AConnectionThatIsNotAcceptedEndsByAnInterrupt) {
  HOODTRACE_SCENE(run, {"connect", "ms=200"});
  run.expect_sleeps("connector", "connect",
                    {.part = "blocked",
                     .cause = "call",
                     .call = "connect",
                     .object = ":" + std::to_string(run.fact("port")),
                     .relation = "interrupt"});
}

// Both ends of a socketpair name its maker as their peer.
TEST(Why, AUnixSocketNamesTheSender) {
  HOODTRACE_SCENE(run, {"unix", "count=10", "ms=20"});
  EXPECT_EQ(total(run.thread("receiver"), {.object = "unix socket, peer"}).count, 0U)
      << run.thread("receiver").dump();
  run.expect_sleeps("receiver", "receive",
                    {.cause = "call",
                     .call = "recvfrom",
                     .object = "unix socket",
                     .relation = "waker",
                     .by = run.tid("sender")},
                    5);
}

}  // namespace
}  // namespace hoodtrace::testing
