// SPDX-License-Identifier: GPL-2.0-or-later
// What --gate takes, and when it is broken.

#include "model/diff/gate.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

DiffChange waits(double a, double b, bool significant) {
  DiffChange change;
  change.key.metric = DiffMetric::kWait;
  change.percent = 99;
  change.a = a;
  change.b = b;
  if (a > 0) change.ratio = b / a;
  change.significant = significant;
  return change;
}

GateOutcome outcome_of(const std::string& gate, const DiffChange& change) {
  return check_gate(*parse_gate(gate), {change}).outcome;
}

TEST(DiffGate, NamesAMetricWithOrWithoutItsUnit) {
  EXPECT_EQ(parse_gate("wait_p99<1.2x")->metric, "wait_p99_ns");
  EXPECT_EQ(parse_gate("wait_p99_ns<1.2")->metric, "wait_p99_ns");
  EXPECT_EQ(parse_gate("reads>0.5x")->is_upper, false);
  const auto gate = parse_gate("faults[comm=a]b<c]<1.1x");
  ASSERT_TRUE(gate);
  EXPECT_EQ(gate->key, "a]b<c");
  EXPECT_EQ(gate->by, DiffBy::kComm);
}

TEST(DiffGate, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "wait_p99", "<1.2", "wait_p9<1.2x", "wait_p99<", "wait_p99<-1", "wait_p99<0.5x",
        "wait_p99>2x", "waits[make]<2x", "waits[who=make]<2x", "waits<1.2y", "waits<nan"})
    EXPECT_FALSE(parse_gate(text)) << text;
}

TEST(DiffGate, IsBrokenOnlyByAChangeThatIsShown) {
  EXPECT_EQ(outcome_of("wait_p99<1.2x", waits(100, 150, true)), GateOutcome::kBroken);
  EXPECT_EQ(outcome_of("wait_p99<1.2x", waits(100, 150, false)), GateOutcome::kNotShown);
  EXPECT_EQ(outcome_of("wait_p99<1.2x", waits(100, 110, true)), GateOutcome::kKept);
  EXPECT_EQ(outcome_of("wait_p99>0.9x", waits(100, 80, true)), GateOutcome::kBroken);
  EXPECT_EQ(outcome_of("wait_p99<1.2x", waits(0, 80, true)), GateOutcome::kBroken);
  EXPECT_EQ(outcome_of("waits<1.2x", waits(100, 150, true)), GateOutcome::kNoData);
}

}  // namespace
}  // namespace hoodtrace
