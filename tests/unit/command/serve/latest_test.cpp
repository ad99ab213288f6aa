// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/serve/latest.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <thread>
#include <vector>

namespace hoodtrace {
namespace {

std::shared_ptr<const MetricFamilies> metrics(const std::string& name) {
  return std::make_shared<const MetricFamilies>(MetricFamilies{{name, "", MetricType::kGauge, {}}});
}

TEST(Latest, AScrapeWaitsForASnapshotThatItHasAskedFor) {
  std::atomic<int> asked = 0;
  Latest latest([&asked] { asked++; });
  std::thread reader([&] {
    while (asked == 0) std::this_thread::yield();
    latest.put(metrics("one"));
  });
  const auto got = latest.get();
  reader.join();
  ASSERT_NE(got, nullptr);
  EXPECT_EQ(got->front().name, "one");
  // A fresh one needs no other.
  EXPECT_EQ(latest.get(), got);
  EXPECT_EQ(asked, 1);
}

TEST(Latest, ManyScrapesAtOnceAreFewSnapshots) {
  constexpr int kScrapes = 20;
  std::atomic<int> asked = 0;
  Latest latest([&asked] { asked++; });
  std::atomic<bool> ends = false;
  std::thread reader([&] {
    for (int made = 0; !ends; std::this_thread::yield()) {
      if (asked == made) continue;
      made = asked;
      latest.put(metrics("one"));
    }
  });
  std::atomic<int> answered = 0;
  std::barrier all(kScrapes);
  std::vector<std::thread> scrapes;
  for (int i = 0; i < kScrapes; i++)
    scrapes.emplace_back([&] {
      all.arrive_and_wait();
      answered += latest.get() != nullptr ? 1 : 0;
    });
  for (std::thread& scrape : scrapes) scrape.join();
  ends = true;
  reader.join();
  EXPECT_EQ(answered, kScrapes);
  // One, unless this machine takes 100 ms to let all of them begin.
  EXPECT_LT(asked, kScrapes / 2);
}

TEST(Latest, TheEndAnswersWhoeverWaitsWithNothing) {
  std::atomic<bool> asked = false;
  Latest latest([&asked] { asked = true; });
  std::thread reader([&] {
    while (!asked) std::this_thread::yield();
    latest.close();
  });
  EXPECT_EQ(latest.get(), nullptr);
  reader.join();
  EXPECT_EQ(latest.get(), nullptr);
}

}  // namespace
}  // namespace hoodtrace
