// SPDX-License-Identifier: GPL-2.0-or-later
// Faults in files: which file it is when its inode number is another one's by now, and in which
// mapping an access ended in a signal.

#include <sys/mount.h>

#include <filesystem>

#include "live/faults/expectations.hpp"

namespace hoodtrace::testing {
namespace {

struct Mapped {
  TemporaryFolder folder;
  FaultsRun traced;
  explicit Mapped(Words words) {
    words.insert(
        words.begin(),
        {"mapped", "folder=" + std::filesystem::path(folder.file("a")).parent_path().string()});
    traced = trace_faults({}, words);
  }
  [[nodiscard]] std::uint64_t faults_in(const std::string& name) const {
    std::uint64_t count = 0;
    for (const Json& mapping : traced.report()["mappings"])
      if (mapping["name"] == name)
        for (const auto& [kind, what] : mapping["kinds"].items()) count += number(what, "count");
    return count;
  }
};

// ext4 gives an inode's number to the next file at once.
TEST(FaultFiles, AReusedInodeNumberHasTwoRowsOneMarkedDeleted) {
  HOODTRACE_LIVE();
  const Mapped mapped({"pages=50"});
  ASSERT_FALSE(mapped.traced.run.reports.empty());
  const std::string path = mapped.folder.file("again");
  EXPECT_EQ(mapped.faults_in(path + " (deleted)"), 50U)
      << mapped.traced.report()["mappings"].dump();
  EXPECT_EQ(mapped.faults_in(path), 50U);
}

// At the first fault after a rename of it, or of the folder that it is in.
TEST(FaultFiles, ARenamedFileHasItsNewName) {
  HOODTRACE_LIVE();
  const Mapped mapped({"pages=50", "renames=1"});
  ASSERT_FALSE(mapped.traced.run.reports.empty());
  for (const char* name : {"after", "new/inside", "last (deleted)"})
    EXPECT_EQ(mapped.faults_in(mapped.folder.file(name)), 50U)
        << name << " in " << mapped.traced.report()["mappings"].dump();
  for (const char* name : {"before", "old/inside", "first", "first (deleted)"})
    EXPECT_EQ(mapped.faults_in(mapped.folder.file(name)), 0U) << name;
}

TEST(FaultFiles, ASystemVSegmentWithNumber0HasItsName) {
  HOODTRACE_LIVE();
  const Mapped mapped({"pages=50", "segments=2"});
  ASSERT_FALSE(mapped.traced.run.reports.empty());
  EXPECT_EQ(mapped.faults_in("/SYSV00000000"), 100U) << mapped.traced.report()["mappings"].dump();
}

// A mapping of a file below overlayfs has the file of the layer.
TEST(FaultFiles, BelowAnOverlayHaveThePathOfTheOverlay) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  for (const char* name : {"lower", "upper", "work", "merged"})
    std::filesystem::create_directory(folder.file(name));
  const std::string merged = folder.file("merged");
  const std::string layers = "lowerdir=" + folder.file("lower") +
                             ",upperdir=" + folder.file("upper") +
                             ",workdir=" + folder.file("work");
  if (::mount("overlay", merged.c_str(), "overlay", 0, layers.c_str()) != 0)
    GTEST_SKIP() << "cannot run here: this kernel mounts no overlayfs";
  const FaultsRun traced = trace_faults({}, {"mapped", "folder=" + merged, "pages=50"});
  ::umount2(merged.c_str(), MNT_DETACH);
  ASSERT_FALSE(traced.run.reports.empty());
  std::uint64_t named = 0;
  for (const Json& mapping : traced.report()["mappings"])
    if (mapping["name"] == merged + "/again") named++;
  EXPECT_EQ(named, 1U) << traced.report()["mappings"].dump();
}

const Json* signal_in(const Json& report, const std::string& signal, const Json& mapping) {
  for (const Json& row : report["signals"])
    if (row["signal"] == signal && row["mapping"] == mapping) return &row;
  return nullptr;
}

TEST(FaultFiles, ASigbusHasTheFileThatWasTruncatedAndTheAddress) {
  HOODTRACE_LIVE();
  const Mapped mapped({"sigbus=3"});
  ASSERT_FALSE(mapped.traced.run.reports.empty());
  ASSERT_EQ(mapped.traced.truth["sigbus"], 3);
  const Json* row = signal_in(mapped.traced.report(), "SIGBUS", mapped.folder.file("cut"));
  ASSERT_NE(row, nullptr) << mapped.traced.report()["signals"].dump();
  EXPECT_EQ((*row)["count"], 3);
  EXPECT_EQ((*row)["pid"], mapped.traced.truth["pid"]);
  EXPECT_EQ(number(*row, "first_address"),
            mapped.traced.truth["cut"][0].get<std::uint64_t>() + 2 * 4096);
}

TEST(FaultFiles, ASigsegvHasTheMappingAndTheAddressOrNone) {
  HOODTRACE_LIVE();
  const Mapped mapped({"sigsegv=2"});
  ASSERT_FALSE(mapped.traced.run.reports.empty());
  ASSERT_EQ(mapped.traced.truth["sigsegv"], 4);
  for (const Json& mapping : {Json("anonymous"), Json(nullptr)}) {
    const Json* row = signal_in(mapped.traced.report(), "SIGSEGV", mapping);
    ASSERT_NE(row, nullptr) << mapped.traced.report()["signals"].dump();
    EXPECT_EQ((*row)["count"], 2);
    EXPECT_EQ((*row)["first_address"], mapped.traced.truth["none"][0]);
  }
}

}  // namespace
}  // namespace hoodtrace::testing
