// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mount_table.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

TEST(MountTable, ALineWithOptionalFieldsHasItsTypeBehindTheDash) {
  const auto mount =
      parse_mount("36 35 98:7 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw");
  ASSERT_TRUE(mount);
  EXPECT_EQ(mount->major, 98U);
  EXPECT_EQ(mount->minor, 7U);
  EXPECT_EQ(mount->root, "/mnt1");
  EXPECT_EQ(mount->point, "/mnt2");
  EXPECT_EQ(mount->type, "ext3");
}

TEST(MountTable, EscapedCharactersOfPathsAreDecoded) {
  const auto mount = parse_mount(R"(1 2 0:3 /a\040b /c\011d\134e rw - tmpfs none rw)");
  ASSERT_TRUE(mount);
  EXPECT_EQ(mount->root, "/a b");
  EXPECT_EQ(mount->point, "/c\td\\e");
}

TEST(MountTable, AMalformedLineIsNoMount) {
  EXPECT_FALSE(parse_mount(""));
  EXPECT_FALSE(parse_mount("36 35 nothing /a /b"));
}

TEST(MountTable, AFileIsReadInItsOrderWithoutMalformedLines) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("mountinfo");
  std::ofstream(path) << "1 2 0:3 / /a rw - tmpfs none rw\nx\n1 2 0:4 / /b rw - cgroup2 c rw\n";
  const std::vector<MountEntry> mounts = read_mounts(path);
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].point, "/a");
  EXPECT_EQ(mounts[1].type, "cgroup2");
}

}  // namespace
}  // namespace hoodtrace
