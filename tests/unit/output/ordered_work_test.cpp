// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/ordered_work.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace hoodtrace {
namespace {

using Numbers = std::vector<int>;

// Every third block takes longer than the ones after it.
void write_numbers(const Numbers& numbers, std::string& out) {
  if (!numbers.empty() && numbers.front() % 3 == 0)
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  for (const int number : numbers) out += std::to_string(number) + "\n";
}

TEST(OrderedWork, TextsComeInTheOrderOfTheBlocks) {
  for (const unsigned threads : {0U, 1U, 3U}) {
    std::string expected;
    std::string out;
    OrderedWork<Numbers> work(write_numbers, threads);
    for (int i = 0; i < 500; i++) {
      Numbers block(static_cast<std::size_t>(i % 7), i);
      write_numbers(block, expected);
      work.add(block, out);
      EXPECT_TRUE(block.empty()) << "taken";
    }
    work.finish(out);
    EXPECT_EQ(out, expected) << threads << " threads";
  }
}

TEST(OrderedWork, WithoutBlocksThereIsNoText) {
  std::string out = "before";
  OrderedWork<Numbers> work(write_numbers);
  work.finish(out);
  EXPECT_EQ(out, "before");
}

TEST(OrderedWork, WithoutThreadsATextIsReadyAtOnce) {
  std::string out;
  OrderedWork<Numbers> work(write_numbers, 0);
  Numbers block = {1, 2};
  work.add(block, out);
  EXPECT_EQ(out, "1\n2\n");
}

TEST(OrderedWork, EndsWithBlocksThatNobodyWantsAnyMore) {
  std::string out;
  OrderedWork<Numbers> work(write_numbers, 2);
  for (int i = 0; i < 20; i++) {
    Numbers block(100, 3 * i);
    work.add(block, out);
  }
}

}  // namespace
}  // namespace hoodtrace
