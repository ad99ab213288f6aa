// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/loss_text.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(LossText, SaysWhatIsMissingByKind) {
  EXPECT_EQ(lost_text({}, 0), "none lost");
  EXPECT_EQ(lost_text({{"switch", 1200}, {"wait", 2}}, 0), "1 202 lost: 1 200 switch, 2 wait");
  EXPECT_EQ(lost_text({{"switch", 1}}, 3), "1 lost: 1 switch; 3 not decodable");
  EXPECT_EQ(lost_text({}, 3), "3 not decodable");
}

TEST(LossText, SwitchesThatTheKernelDoesNotReportAreNotLost) {
  EXPECT_EQ(lost_text({{"unshown", 7}}, 0), "none lost");
  EXPECT_EQ(unshown_text({{"unshown", 7}}), "7 switches not reported by the kernel");
  EXPECT_EQ(unshown_text({{"unshown", 1}}), "1 switch not reported by the kernel");
  EXPECT_EQ(unshown_text({}), "");
}

TEST(LossText, ARemadeTargetIsSaidWithItsTime) {
  EXPECT_EQ(remade_text(std::nullopt, 0), "");
  EXPECT_NE(remade_text(3'000'000'000, 1'000'000'000).find("again 2.00 s after the start"),
            std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
