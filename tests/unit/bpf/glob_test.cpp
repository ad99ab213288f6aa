// SPDX-License-Identifier: GPL-2.0-or-later
// bpf/glob.bpf.h against fnmatch(3).

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "unit/bpf/host/bpf_side.h"

namespace {

void expect_like_fnmatch(const std::string& glob, const std::string& comm) {
  EXPECT_EQ(host_glob_matches(glob.c_str(), comm.c_str()) != 0,
            ::fnmatch(glob.c_str(), comm.c_str(), FNM_NOESCAPE) == 0)
      << "'" << glob << "' and '" << comm << "'";
}

TEST(Glob, MatchesAsFnmatchDoes) {
  std::mt19937 random(7);
  const std::string letters = "ab*?";
  for (int round = 0; round < 50'000; round++) {
    std::string glob(random() % 8, 'a');
    std::string comm(random() % 7, 'a');
    for (char& c : glob) c = letters[random() % 4];
    for (char& c : comm) c = letters[random() % 2];
    expect_like_fnmatch(glob, comm);
    if (HasFailure()) return;
  }
}

TEST(Glob, TheLongestPatternAndTheLongestCommMatch) {
  const std::string comm(HT_COMM_LEN - 1, 'x');
  expect_like_fnmatch(comm, comm);
  expect_like_fnmatch(std::string(HT_GLOB_LEN - 1, '*'), comm);
  expect_like_fnmatch(std::string(HT_GLOB_LEN - 1, '?'), comm);
  expect_like_fnmatch(comm + std::string(HT_GLOB_LEN - 1 - comm.size(), '*'), comm);
  expect_like_fnmatch("*" + comm, comm);
  expect_like_fnmatch("*x", comm);
  expect_like_fnmatch("", "");
  expect_like_fnmatch("*", "");
}

}  // namespace
