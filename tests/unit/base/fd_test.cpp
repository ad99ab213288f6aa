// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(Fd, ClosesWhatItOwns) {
  int number = -1;
  {
    const Fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, MovesOwnershipAndClosesOnce) {
  Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(is_open(number));
  second.reset();
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(second);
}

}  // namespace
}  // namespace hoodtrace
