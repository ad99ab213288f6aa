// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/write_all.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "base/fd.hpp"

namespace hoodtrace {
namespace {

TEST(WriteAll, GetsMoreThroughAPipeThanItHolds) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  const std::string sent(1 << 20, 'x');
  std::string got;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(reading.get(), buffer, sizeof(buffer))) > 0;)
      got.append(buffer, static_cast<std::size_t>(n));
  });
  const Result<void> written = write_all(writing.get(), sent, "the pipe");
  writing.reset();
  reader.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(got, sent);
}

TEST(WriteAll, AFullDiskIsAnErrorThatNamesTheFile) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (!full) GTEST_SKIP() << "cannot run here: no /dev/full";
  const Result<void> written = write_all(full.get(), "x", "report.txt");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "cannot write report.txt: No space left on device");
  EXPECT_EQ(written.error().kind, ErrorKind::kFailed);
}

TEST(WriteAll, AClosedReaderIsAnErrorAndNoSignal) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  const Fd writing(ends[1]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);  // as main does
  const Result<void> written = write_all(writing.get(), "x", "standard output");
  ::signal(SIGPIPE, before);
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("Broken pipe"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
