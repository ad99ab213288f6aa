// SPDX-License-Identifier: GPL-2.0-or-later
// What files are called, on each kind of file system.

#include "live/cache/stage.hpp"

namespace hoodtrace::testing {
namespace {

constexpr const char* kKib = "1024";

// The file's row has its path, and the device and inode of stat(2).
Json expect_named(const TracedRun& run, const std::string& path, const std::string& fs) {
  Json row = file_row(run.report(), path);
  EXPECT_FALSE(row.empty()) << "no " << path << " in " << run.report()["files"].dump();
  if (row.empty()) return row;
  EXPECT_EQ(row["fs"], fs);
  EXPECT_EQ(row["kind"], "file");
  EXPECT_EQ(row["dev"], run.truth["dev"]);
  EXPECT_EQ(row["inode"], run.truth["inode"]);
  return row;
}

// Does its BTF have a type of that name?
bool kernel_has(const std::string& type) {
  std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
  const std::string types(std::istreambuf_iterator<char>(file), {});
  return types.find(type) != std::string::npos;
}

TEST(CacheNames, OnExt4OnALoopDevice) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "64", {"/usr/sbin/mkfs.ext4", "-q"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device or no mkfs.ext4";
  const Mounted mount(loop.path(), folder.file("at"), "ext4", "");
  if (!mount.is_made()) GTEST_SKIP() << "cannot run here: mount is not permitted";
  std::filesystem::create_directories(folder.file("at/a b/\xc3\xa4"));
  const std::string file = folder.file("at/a b/\xc3\xa4/data");
  ASSERT_TRUE(prepare(file, kKib, {"make", "drop"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "read"});
  const Json row = expect_named(run, file, "ext4");
  EXPECT_EQ(count_of(row, "added"), 256U);
}

TEST(CacheNames, OfABlockDeviceThatIsReadAsAFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "8", {"/usr/sbin/mkfs.ext4", "-q"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device or no mkfs.ext4";
  const TracedRun run = cache_run({"cache", "file=" + loop.path(), "drop", "read"});
  const Json row = file_row(run.report(), loop.path());
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["kind"], "device");
  EXPECT_EQ(row["fs"], "bdev");
  EXPECT_GT(count_of(row, "added"), 0U);
}

// Inode numbers are unique only within a subvolume: both files have the same one.
TEST(CacheNames, OnBtrfsInTwoSubvolumes) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "128", {"/usr/sbin/mkfs.btrfs", "-q"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device or no mkfs.btrfs";
  const Mounted mount(loop.path(), folder.file("at"), "btrfs", "");
  if (!mount.is_made()) GTEST_SKIP() << "cannot run here: this kernel mounts no btrfs";
  std::vector<std::string> inodes;
  for (const std::string name : {"one", "two"}) {
    const std::string volume = folder.file("at/" + name);
    ASSERT_TRUE(run_program({"/usr/bin/btrfs", "subvolume", "create", volume}));
    const std::string file = volume + "/data";
    ASSERT_TRUE(prepare(file, kKib, {"make", "drop"}));
    const TracedRun run = cache_run({"cache", "file=" + file, "read"});
    const Json row = expect_named(run, file, "btrfs");
    EXPECT_EQ(count_of(row, "added"), 256U);
    inodes.push_back(run.truth["inode"].dump());
  }
  EXPECT_EQ(inodes[0], inodes[1]);
}

// The pages are those of the file in the layer, which several overlays may share.
TEST(CacheNames, OnOverlayfsAreTheLayersFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "64", {"/usr/sbin/mkfs.ext4", "-q"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device or no mkfs.ext4";
  const Mounted disk(loop.path(), folder.file("disk"), "ext4", "");
  for (const char* name : {"disk/lower", "disk/upper", "disk/work", "merged"})
    std::filesystem::create_directories(folder.file(name));
  ASSERT_TRUE(prepare(folder.file("disk/lower/data"), kKib, {"make", "drop"}));
  const Mounted overlay("overlay", folder.file("merged"), "overlay",
                        "lowerdir=" + folder.file("disk/lower") + ",upperdir=" +
                            folder.file("disk/upper") + ",workdir=" + folder.file("disk/work"));
  if (!overlay.is_made()) GTEST_SKIP() << "cannot run here: this kernel mounts no overlayfs";
  const TracedRun run = cache_run({"cache", "file=" + folder.file("merged/data"), "read"});
  const Json row = file_row(run.report(), folder.file("disk/lower/data"));
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["fs"], "ext4");
  EXPECT_EQ(count_of(row, "added"), 256U);
}

// The last use of most files that are written is before they get their name.
TEST(CacheNames, ARenamedFileHasItsNewName) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run = cache_run({"cache", "file=" + file, "kib=1024", "make", "rename"});
  EXPECT_TRUE(file_row(run.report(), file).empty());
  const Json row = file_row(run.report(), file + ".renamed");
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["inode"], run.truth["inode"]);
  EXPECT_EQ(count_of(row, "added"), 256U);
}

// Temporary files of compilers and package managers: written, renamed, deleted between two reports.
TEST(CacheNames, AFileThatIsRenamedReadAndDeletedHasItsLastName) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const TracedRun run =
      cache_run({"cache", "file=" + file, "kib=1024", "make", "rename", "read", "remove"});
  if (!reports_uses(run.report())) GTEST_SKIP() << "cannot run here: uses are not reported";
  EXPECT_TRUE(file_row(run.report(), file).empty());
  const Json row = file_row(run.report(), file + ".renamed");
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["kind"], "deleted");
  EXPECT_EQ(count_of(row, "added"), 256U);
}

// No use in between: only the change of its ctime shows the name (6.13 and later).
TEST(CacheNames, AFileThatIsRenamedAndDeletedHasItsLastName) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  if (!kernel_has("btf_trace_ctime_xchg_skip"))
    GTEST_SKIP() << "cannot run here: no tracepoints of ctime";
  const std::string file = folder.file("data");
  const TracedRun run =
      cache_run({"cache", "file=" + file, "kib=1024", "make", "rename", "remove"});
  EXPECT_TRUE(file_row(run.report(), file).empty());
  const Json row = file_row(run.report(), file + ".renamed");
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["kind"], "deleted");
  EXPECT_EQ(count_of(row, "added"), 256U);
}

TEST(CacheNames, AFileInARenamedFolderHasItsNewPath) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  std::filesystem::create_directory(folder.file("old"));
  const TracedRun run =
      cache_run({"cache", "file=" + folder.file("old/data"), "kib=1024", "make", "rename_folder"});
  EXPECT_TRUE(file_row(run.report(), folder.file("old/data")).empty());
  const Json row = file_row(run.report(), folder.file("old.renamed/data"));
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["inode"], run.truth["inode"]);
  EXPECT_EQ(count_of(row, "added"), 256U);
}

// overlayfs copies the file up in its work folder, and renames it.
TEST(CacheNames, OnOverlayfsACopiedUpFileIsTheUpperLayersFile) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "64", {"/usr/sbin/mkfs.ext4", "-q"});
  if (!loop.is_made()) GTEST_SKIP() << "cannot run here: no loop device or no mkfs.ext4";
  const Mounted disk(loop.path(), folder.file("disk"), "ext4", "");
  for (const char* name : {"disk/lower", "disk/upper", "disk/work", "merged"})
    std::filesystem::create_directories(folder.file(name));
  ASSERT_TRUE(prepare(folder.file("disk/lower/data"), kKib, {"make"}));
  const Mounted overlay("overlay", folder.file("merged"), "overlay",
                        "lowerdir=" + folder.file("disk/lower") + ",upperdir=" +
                            folder.file("disk/upper") + ",workdir=" + folder.file("disk/work"));
  if (!overlay.is_made()) GTEST_SKIP() << "cannot run here: this kernel mounts no overlayfs";
  const TracedRun run = cache_run({"cache", "file=" + folder.file("merged/data"), "append"});
  const Json row = file_row(run.report(), folder.file("disk/upper/data"));
  ASSERT_FALSE(row.empty()) << run.report()["files"].dump();
  EXPECT_EQ(row["fs"], "ext4");
  EXPECT_GE(count_of(row, "added"), 256U);
  for (const Json& other : run.report()["files"])
    EXPECT_EQ(other["path"].dump().find(folder.file("disk/work")), std::string::npos)
        << other.dump();
}

// tmpfs adds and reads pages by functions of its own: only uses through a mapping are reported.
TEST(CacheNames, OnTmpfsWithAddsThatCannotBeSeen) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const Mounted mount("tmpfs", folder.file("at"), "tmpfs", "size=16m");
  if (!mount.is_made()) GTEST_SKIP() << "cannot run here: mount is not permitted";
  const std::string file = folder.file("at/data");
  ASSERT_TRUE(prepare(file, kKib, {"make"}));
  const TracedRun run = cache_run({"cache", "file=" + file, "map"});
  if (!reports_uses(run.report())) return;
  const Json row = expect_named(run, file, "tmpfs");
  EXPECT_TRUE(row["added"].is_null());
  EXPECT_EQ(count_of(row, "hits"), 256U);
}

// Its mounts are asked for while it runs, when its file is first seen: the target stays for that.
// One that is gone by then has its file named by device and path in the file system.
TEST(CacheNames, InAMountThatTheTargetAloneHas) {
  HOODTRACE_LIVE();
  const DiskFolder folder;
  const LoopDevice loop(folder.file("image"), "64", {"/usr/sbin/mkfs.ext4", "-q"});
  if (!loop.is_made() || !std::filesystem::exists("/usr/bin/unshare"))
    GTEST_SKIP() << "cannot run here: no loop device, mkfs.ext4 or unshare";
  std::filesystem::create_directories(folder.file("at"));
  const std::string script = "mount " + loop.path() + " " + folder.file("at") +
                             " && echo hello > " + folder.file("at/data") + " && cat " +
                             folder.file("at/data") + " && sleep 1";
  const std::string out = folder.file("report.json");
  const Finished finished = run_hoodtrace({"cache", "--format", "json", "-o", out, "--",
                                           "/usr/bin/unshare", "--mount", "/bin/sh", "-c", script});
  ASSERT_EQ(finished.exit_code, 0) << finished.error;
  std::ifstream file(out);
  const Json report = Json::parse(file, nullptr, false);
  ASSERT_FALSE(report.is_discarded());
  const Json row = file_row(report, folder.file("at/data"));
  EXPECT_EQ(count_of(row, "added"), 1U) << report["files"].dump();
}

}  // namespace
}  // namespace hoodtrace::testing
