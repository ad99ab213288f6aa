// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/words.hpp"

#include <gtest/gtest.h>

#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

class WhyWords : public ::testing::Test {
 protected:
  std::string in_full(const WhyCause& cause, std::string_view object = "") const {
    return cause_words(cause, object, names);
  }
  WhoTable names;
  WhoId worker = names.intern(4242, "worker");
};

TEST_F(WhyWords, TimeOnACpuNeedsNoCause) {
  EXPECT_EQ(in_full({.part = WhyPart::kOnCpu}), "on CPU");
  EXPECT_EQ(in_full({.part = WhyPart::kDispatch}), "a CPU waking from idle");
}

TEST_F(WhyWords, AWaitNamesWhoRanInstead) {
  WhyCause wait{.part = WhyPart::kWait, .relation = WhyRelation::kBehind, .by = worker};
  EXPECT_EQ(in_full(wait), "behind worker (4242)");
  EXPECT_EQ(activity_words(wait, "", names), "waiting behind worker (4242)");
  wait.by = WhoTable::kUnknown;
  EXPECT_EQ(in_full(wait), "behind a task that is not known");
  wait.by = WhoTable::kElsewhere;
  EXPECT_EQ(in_full(wait), "in the queue of another CPU");
  wait.by = WhoTable::kOther;
  EXPECT_EQ(in_full(wait), "behind (others)");
}

TEST_F(WhyWords, ThrottledNamesTheQuota) {
  EXPECT_EQ(in_full({.part = WhyPart::kThrottled, .reason = WhyReason::kQuota}),
            "throttled: CPU quota of its cgroup");
}

TEST_F(WhyWords, ACallIsFollowedByItsFile) {
  WhyCause read{.part = WhyPart::kDisk,
                .reason = WhyReason::kCall,
                .object_kind = WhyObjectKind::kFile,
                .relation = WhyRelation::kNetwork,
                .call = kReadCall};
  EXPECT_EQ(in_full(read, "/srv/x"), "disk: read /srv/x");
  EXPECT_EQ(in_full(read), "disk: read");
  read.part = WhyPart::kIdle;
  EXPECT_EQ(in_full(read, "TCP 10.0.0.1:80"), "read TCP 10.0.0.1:80, ended by an interrupt");
  read.relation = WhyRelation::kWaker;
  read.by = worker;
  read.by_tid = 4251;
  read.part = WhyPart::kDisk;
  EXPECT_EQ(in_full(read, "/srv/x"), "disk: read /srv/x") << "who completes I/O is not the cause";
  read.part = WhyPart::kIdle;
  EXPECT_EQ(in_full(read, "pipe 7"), "read pipe 7, ended by worker (4251)");
}

TEST_F(WhyWords, AReasonWithinACallHasBoth) {
  const WhyCause sync{.part = WhyPart::kDisk,
                      .reason = WhyReason::kJournal,
                      .object_kind = WhyObjectKind::kFile,
                      .call = kFsyncCall};
  EXPECT_EQ(in_full(sync, "/srv/wal"), "disk: fsync /srv/wal: commit of the file system's journal");
  const WhyCause unmap{.part = WhyPart::kBlocked,
                       .reason = WhyReason::kMmapLock,
                       .relation = WhyRelation::kHolder,
                       .call = kMunmapCall,
                       .by = worker,
                       .by_tid = 4260};
  EXPECT_EQ(in_full(unmap), "munmap: mmap_lock, held by worker (4260)");
}

TEST_F(WhyWords, TheLockedPageOfADiskReadIsTheRead) {
  WhyCause read{.part = WhyPart::kDisk,
                .reason = WhyReason::kPageLock,
                .object_kind = WhyObjectKind::kFile,
                .call = kReadCall};
  EXPECT_EQ(in_full(read, "/srv/x"), "disk: read /srv/x");
  read.part = WhyPart::kBlocked;
  EXPECT_EQ(in_full(read, "/srv/x"), "read /srv/x: a locked page");
}

TEST_F(WhyWords, ThePageFaultOfACallIsOfAnotherFile) {
  WhyCause fault{
      .part = WhyPart::kDisk, .reason = WhyReason::kPageFault, .object_kind = WhyObjectKind::kFile};
  EXPECT_EQ(in_full(fault, "/lib/libfoo.so"), "disk: page fault in /lib/libfoo.so");
  fault.call = kWriteCall;
  EXPECT_EQ(in_full(fault, "/lib/libfoo.so"), "disk: write: page fault in /lib/libfoo.so");
}

TEST_F(WhyWords, AFutexHasItsAddressAndOwner) {
  const WhyCause lock{.part = WhyPart::kBlocked,
                      .reason = WhyReason::kFutexLock,
                      .object_kind = WhyObjectKind::kAddress,
                      .relation = WhyRelation::kHolder,
                      .call = kFutexCall,
                      .by = worker,
                      .by_tid = 4251};
  EXPECT_EQ(in_full(lock, "0x7f00"), "futex 0x7f00, held by worker (4251)");
}

TEST_F(WhyWords, MeanwhileWorkIsWaitedForInACall) {
  WhyCause futex{.part = WhyPart::kIdle,
                 .reason = WhyReason::kFutexWait,
                 .object_kind = WhyObjectKind::kAddress,
                 .call = kFutexCall};
  EXPECT_EQ(activity_words(futex, "0x7f00", names), "waiting for work (futex)");
  futex.part = WhyPart::kBlocked;
  EXPECT_EQ(activity_words(futex, "0x7f00", names), "futex");
}

TEST_F(WhyWords, AJoinNamesTheThreadOnce) {
  const WhyCause join{.part = WhyPart::kBlocked,
                      .reason = WhyReason::kThreadEnd,
                      .object_kind = WhyObjectKind::kThread,
                      .relation = WhyRelation::kHolder,
                      .call = kFutexCall,
                      .by = worker,
                      .by_tid = 4251};
  EXPECT_EQ(in_full(join, "thread 4251"), "end of a thread: worker (4251)");
}

TEST_F(WhyWords, APlaceInTheKernelHasItsFunction) {
  const WhyCause place{.part = WhyPart::kIdle,
                       .reason = WhyReason::kKernel,
                       .object_kind = WhyObjectKind::kFunction};
  EXPECT_EQ(in_full(place, "kswapd"), "in the kernel (kswapd)");
  EXPECT_EQ(in_full(place), "in the kernel");
}

TEST_F(WhyWords, AStopNamesWhoStoppedIt) {
  EXPECT_EQ(in_full({.part = WhyPart::kStopped,
                     .reason = WhyReason::kStopSignal,
                     .relation = WhyRelation::kStopper,
                     .by = worker,
                     .by_tid = 4251}),
            "stopped by a signal, by worker (4251)");
}

TEST_F(WhyWords, AnUnknownSystemCallHasItsNumber) {
  EXPECT_EQ(in_full({.part = WhyPart::kBlocked, .reason = WhyReason::kCall, .call = 30'000}),
            "system call 30000");
}

TEST_F(WhyWords, AHolderThatIsNotKnownIsLeftOut) {
  const WhyCause lock{.part = WhyPart::kBlocked,
                      .reason = WhyReason::kMutex,
                      .relation = WhyRelation::kHolder,
                      .call = kWriteCall};
  EXPECT_EQ(in_full(lock), "write: kernel mutex");
}

}  // namespace
}  // namespace hoodtrace
