// SPDX-License-Identifier: GPL-2.0-or-later
// Targets that are cgroups: one that is removed and made again, a container, one of cgroup v1.

#include <unistd.h>

#include <filesystem>
#include <thread>

#include "live/sched/expectations.hpp"
#include "support/own_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

// An own cgroup for the length of a test.
class Below {
 public:
  Below(const OwnCgroup& cgroup, const std::string& name) : path_(cgroup.path() + "/" + name) {
    make();
  }
  ~Below() { remove(); }
  void make() const { EXPECT_TRUE(std::filesystem::create_directory(path_)); }
  void remove() const { ::rmdir(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(CgroupTarget, OneThatIsMadeAgainIsSaidInEveryOutput) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  const Below job(cgroup, "job");
  LiveTrace trace({"record", "sched", "--cgroup", job.path()});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  job.remove();
  job.make();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ASSERT_EQ(trace.stop(), 0);
  const std::string words = "the target's cgroup was removed and made again";
  EXPECT_NE(trace.error().find(words), std::string::npos) << trace.error();
  const Finished text = run_hoodtrace({"sched", "--from", trace.file()});
  EXPECT_NE(text.output.find(words), std::string::npos) << text.output;
  const Finished json = run_hoodtrace({"sched", "--from", trace.file(), "--format", "json"});
  EXPECT_TRUE(Json::parse(json.output)["events"].contains("target_remade_ns")) << json.output;
}

TEST(CgroupTarget, OneThatStaysIsNotSaidToBeMadeAgain) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  LiveTrace trace({"sched", "--cgroup", cgroup.path()});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  { const Below other(cgroup, "job"); }
  ASSERT_EQ(trace.stop(), 0);
  EXPECT_EQ(trace.text().find("made again"), std::string::npos) << trace.text();
}

TEST(CgroupTarget, AContainerIsFoundByTheNameOfItsCgroup) {
  HOODTRACE_LIVE();
  const OwnCgroup cgroup;
  if (!cgroup.is_made()) GTEST_SKIP() << "cannot run here: this kernel has no writable cgroup v2";
  const std::string id = "0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed";
  const Below container(cgroup, "docker-" + id + ".scope");
  GatedWorkload workload({"spin", "ms=200", "inside"});
  ASSERT_TRUE(workload.is_ready());
  cgroup.take_in(workload.pid(), "/docker-" + id + ".scope");
  LiveTrace trace({"sched", "--format", "json", "--container", id.substr(0, 12)});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  ASSERT_TRUE(workload.play());
  ASSERT_EQ(trace.stop(), 0);
  bool found = false;
  const TracedRun run = trace.run();
  for (const Json& task : run.report()["tasks"]) {
    found |= task["comm"] == "inside";
    EXPECT_EQ(task["cgroup"], "/" + cgroup.name() + "/docker-" + id + ".scope");
  }
  EXPECT_TRUE(found);
  workload.finish();
  const Finished none = run_hoodtrace({"sched", "-d", "1s", "--container", "ffffeeeeddddcccc"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.error.find("no running container whose id begins with ffffeeeeddddcccc"),
            std::string::npos)
      << none.error;
}

TEST(CgroupTarget, APathOfCgroupV1IsRefusedWithItsReason) {
  HOODTRACE_LIVE();
  const std::string script =
      "mount -t cgroup -o none,name=httest none /mnt || exit 77; mkdir /mnt/x; "
      "\"$0\" sched -d 1s --cgroup /mnt/x; code=$?; rmdir /mnt/x; exit $code";
  ChildProcess shell({"/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, HOODTRACE_BINARY});
  const int code = shell.wait(std::chrono::seconds(30));
  if (code == 77) GTEST_SKIP() << "cannot run here: this kernel has no cgroup v1";
  if (lacks_cgroup_v2(shell.error())) GTEST_SKIP() << kNoCgroupV2;
  EXPECT_EQ(code, 2);
  EXPECT_NE(shell.error().find("/mnt/x is in a hierarchy of cgroup v1 (/mnt)"), std::string::npos)
      << shell.error();
}

}  // namespace
}  // namespace hoodtrace::testing
