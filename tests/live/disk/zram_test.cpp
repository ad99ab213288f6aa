// SPDX-License-Identifier: GPL-2.0-or-later
// A device that makes no requests: each of its bios, against /sys/block/zramN/stat.

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

// A new zram device, until its end.
class ZramDevice {
 public:
  explicit ZramDevice(const std::string& size) {
    std::ifstream("/sys/class/zram-control/hot_add") >> number_;
    if (number_ < 0) return;
    std::ofstream file(folder() + "disksize");
    made_ = static_cast<bool>(file << size << std::flush);
    has_node_ = std::filesystem::is_block_file("/dev/" + name());
  }
  ZramDevice(const ZramDevice&) = delete;
  ZramDevice& operator=(const ZramDevice&) = delete;
  ~ZramDevice() {
    if (number_ < 0) return;
    std::ofstream(folder() + "reset") << 1 << std::flush;
    std::ofstream("/sys/class/zram-control/hot_remove") << number_ << std::flush;
  }
  [[nodiscard]] bool is_made() const { return made_; }
  [[nodiscard]] bool has_node() const { return has_node_; }
  [[nodiscard]] std::string name() const { return "zram" + std::to_string(number_); }

 private:
  [[nodiscard]] std::string folder() const { return "/sys/block/" + name() + "/"; }

  int number_ = -1;
  bool made_ = false;
  bool has_node_ = false;
};

TEST(DiskZram, EachBioOfADeviceWithoutRequestsIsCounted) {
  HOODTRACE_LIVE();
  const ZramDevice zram("16M");
  if (!zram.is_made()) GTEST_SKIP() << "cannot run here: no zram device";
  if (!zram.has_node()) GTEST_SKIP() << "cannot run here: a new device gets no node in /dev";
  DeviceStat before;
  const TracedRun run = disk_run(
      {}, {"disk", "file=/dev/" + zram.name(), "kib=4", "count=500", "write", "read", "read"},
      [&] { before = device_stat(zram.name()); });
  const DeviceStat grown = device_stat(zram.name()) - before;
  ASSERT_FALSE(run.reports.empty());
  const Json device = device_row(run.report(), zram.name());
  EXPECT_EQ(count_of(device, "writes"), 500U) << device.dump();
  EXPECT_EQ(count_of(device, "reads"), 1000U) << device.dump();
  EXPECT_EQ(count_of(device, "write_bytes"), 500U * 4096);
  EXPECT_EQ(count_of(device, "read_bytes"), 1000U * 4096);
  EXPECT_EQ(count_of(device, "writes"), grown.writes);
  EXPECT_EQ(count_of(device, "reads"), grown.reads);
  EXPECT_EQ(count_of(device, "write_bytes"), grown.write_sectors * 512);
  EXPECT_EQ(count_of(device, "read_bytes"), grown.read_sectors * 512);
  const Json task = run.row(run.truth["tid"].get<pid_t>());
  EXPECT_EQ(count_of(task, "write_bytes"), 500U * 4096);
  EXPECT_GE(count_of(task, "reads"), 1000U);
  expect_tasks_audited(run.report());
}

}  // namespace
}  // namespace hoodtrace::testing
