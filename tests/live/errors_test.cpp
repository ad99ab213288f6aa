// SPDX-License-Identifier: GPL-2.0-or-later
// What goes wrong says what, why and the next step, with its exit code: 1 failed, 2 usage, 3 not
// permitted or not supported.

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/own_cgroup.hpp"
#include "support/traced_run.hpp"

namespace hoodtrace {
namespace {

using namespace hoodtrace::testing;

class Errors : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_live(); !why.empty()) GTEST_SKIP() << why;
  }

  // One line, with the program's name, that holds every part.
  static void expect_error(const Finished& run, int code, const std::vector<std::string>& parts) {
    EXPECT_EQ(run.exit_code, code) << run.error;
    EXPECT_EQ(run.error.rfind("hoodtrace: ", 0), 0U) << run.error;
    for (const std::string& part : parts)
      EXPECT_NE(run.error.find(part), std::string::npos) << part << " is not in: " << run.error;
  }

  // As another program starts it: words after `sh -c`.
  static Finished run_shell(const std::string& script) {
    ChildProcess process({"/bin/sh", "-c", script, HOODTRACE_BINARY});
    Finished finished;
    finished.exit_code = process.wait(std::chrono::seconds(60));
    finished.output = process.output();
    finished.error = process.error();
    return finished;
  }
};

TEST_F(Errors, NoSuchProcess) {
  expect_error(run_hoodtrace({"sched", "-p", "4194303"}), 1, {"no process 4194303", "ps -e"});
}

TEST_F(Errors, NoSuchThread) {
  expect_error(run_hoodtrace({"sched", "--tid", "4194303"}), 1, {"4194303"});
}

TEST_F(Errors, NoSuchCgroup) {
  const Finished run = run_hoodtrace({"sched", "--cgroup", "/no/such/group"});
  if (lacks_cgroup_v2(run.error)) GTEST_SKIP() << kNoCgroupV2;
  expect_error(run, 1, {"no cgroup", "/no/such/group", "find "});
}

TEST_F(Errors, NoSuchUnit) {
  const Finished run = run_hoodtrace({"sched", "--unit", "nonesuch"});
  if (lacks_cgroup_v2(run.error)) GTEST_SKIP() << kNoCgroupV2;
  expect_error(run, 1, {"nonesuch.service", "systemctl"});
}

// With a seccomp filter that refuses one system call. Podman's filter does so with bpf(2) in Debian 12, to a
// container that has both capabilities, but not CAP_SYS_ADMIN.
Finished run_without(long call, const Words& arguments) {
  const std::string script = R"(
import ctypes, os, struct, sys
call = int(sys.argv[1])
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (6, 0, 0, 0x50001), (6, 0, 0, 0x7fff0000)]  # call: EPERM
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program) == 0
os.execv(sys.argv[2], sys.argv[2:])
)";
  Words words = {"/usr/bin/python3", "-c", script, std::to_string(call), HOODTRACE_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  ChildProcess process(words);
  const int exit_code = process.wait(std::chrono::seconds(60));
  return {exit_code, process.output(), process.error()};
}

TEST_F(Errors, ASeccompFilterThatRefusesBpfIsNamed) {
  const Finished run = run_without(SYS_bpf, {"sched", "--", "true"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.error.find("a seccomp filter may refuse bpf(2)"), std::string::npos) << run.error;
  EXPECT_NE(run.error.find("--security-opt seccomp=unconfined"), std::string::npos);
}

TEST_F(Errors, DoctorNamesASeccompFilterThatRefusesBpfAndTheNextStep) {
  const std::string step =
      "a seccomp filter refuses bpf(2), as in a container: start it with --security-opt "
      "seccomp=unconfined, or with --privileged";
  const Finished text = run_without(SYS_bpf, {"doctor"});
  EXPECT_EQ(text.exit_code, 3) << text.error;
  EXPECT_NE(text.output.find("\n  next step: " + step + "\n"), std::string::npos) << text.output;
  const Finished report = run_without(SYS_bpf, {"doctor", "--format", "json"});
  EXPECT_EQ(report.exit_code, 3) << report.error;
  const Json json = Json::parse(report.output);
  EXPECT_EQ(json["seccomp_refuses_bpf"], true);
  EXPECT_EQ(json["next_steps"][0], step) << json["next_steps"];
}

TEST_F(Errors, DoctorDoesNotNameASeccompFilterThatLetsBpfThrough) {
  const Finished run = run_without(SYS_swapon, {"doctor", "--format", "json"});
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(Json::parse(run.output)["seccomp_refuses_bpf"], false) << run.output;
}

// As root of a rootless container: all capabilities, but none of the machine.
TEST_F(Errors, RootOfAUserNamespaceIsNotToldThatItHasCapabilities) {
  const auto run_as_its_root = [](const Words& arguments) {
    Words words = {"/usr/bin/unshare", "-U", "-r"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    ChildProcess process(words);
    const int exit_code = process.wait(std::chrono::seconds(60));
    return Finished{exit_code, process.output(), process.error()};
  };
  if (run_as_its_root({"true"}).exit_code != 0)
    GTEST_SKIP() << "cannot run here: no user namespaces";
  const Finished run = run_as_its_root({HOODTRACE_BINARY, "doctor", "--format", "json"});
  EXPECT_EQ(run.exit_code, 3) << run.error;
  const Json report = Json::parse(run.output);
  for (const Json& capability : report["capabilities"])
    EXPECT_EQ(capability["held"], false) << capability;
  EXPECT_EQ(report["seccomp_refuses_bpf"], false);
  ASSERT_EQ(report["next_steps"].size(), 1U) << run.output;
  EXPECT_NE(report["next_steps"][0].get<std::string>().find("as root of the machine"),
            std::string::npos);
}

TEST_F(Errors, NoSuchCommand) {
  expect_error(run_hoodtrace({"sched", "--", "/no/such/program"}), 1, {"/no/such/program", "PATH"});
}

TEST_F(Errors, AWrongOptionNamesTheHelp) {
  expect_error(run_hoodtrace({"sched", "--bogus"}), 2, {"--bogus", "hoodtrace sched --help"});
  expect_error(run_hoodtrace({}), 2, {"hoodtrace --help"});
}

TEST_F(Errors, AnUnwritableOutputIsReportedBeforeTheCommandRuns) {
  const Finished run =
      run_hoodtrace({"sched", "-o", "/no/such/folder/x", "--", "/bin/echo", "it ran"});
  expect_error(run, 1, {"/no/such/folder/x", "No such file", "-o"});
  EXPECT_EQ(run.output, "");
}

TEST_F(Errors, AFullDiskIsAnError) {
  expect_error(run_hoodtrace({"sched", "-o", "/dev/full", "--", "/bin/true"}), 1,
               {"/dev/full", "No space left"});
}

TEST_F(Errors, AClosedPipeIsSilentAndExitsLikeSigpipe) {
  // The reader is gone before the report comes.
  const Finished run =
      run_shell("{ \"$0\" sched --format json -d 300ms -p $$; echo \"code $?\" >&2; } | true");
  EXPECT_EQ(run.error, "code 141\n");
}

TEST_F(Errors, NotRootNamesTheCapabilities) {
  for (const char* command : {"sched", "procs"}) {
    const Finished run =
        run_shell(std::string("exec setpriv --reuid 65534 --clear-groups \"$0\" ") + command +
                  " -- /bin/true");
    expect_error(run, 3, {"not permitted", "capabilities", "hoodtrace doctor"});
  }
}

TEST_F(Errors, DoctorWithoutPrivilegesExitsWith3AndNamesTheFix) {
  const Finished run = run_shell("exec setpriv --reuid 65534 --clear-groups \"$0\" doctor");
  EXPECT_EQ(run.exit_code, 3) << run.error;
  EXPECT_NE(run.output.find("setcap cap_bpf,cap_perfmon"), std::string::npos) << run.output;
}

TEST_F(Errors, WithoutBtfItNamesTheOption) {
  // An empty folder where the kernel shows its types, in a mount namespace of its own.
  const Finished run = run_shell(
      "exec unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec \"$0\" sched -- "
      "/bin/true' "
      "\"$0\"");
  expect_error(run, 3, {"no BTF", "--btf FILE"});
}

TEST_F(Errors, AnInvalidBtfFileIsRefused) {
  expect_error(run_hoodtrace({"sched", "--btf", "/no/such/btf", "--", "/bin/true"}), 1,
               {"/no/such/btf", "--btf"});
  expect_error(run_hoodtrace({"sched", "--btf", "/dev/null", "--", "/bin/true"}), 1,
               {"/dev/null", "--btf"});
}

TEST_F(Errors, AFileThatIsNoRecordingIsRefused) {
  expect_error(run_hoodtrace({"sched", "--from", "/no/such/file"}), 1, {"/no/such/file"});
  expect_error(run_hoodtrace({"sched", "--from", "/bin/sh"}), 1,
               {"no hoodtrace recording", "hoodtrace record"});
}

TEST_F(Errors, PropagateExitsWithTheCommandsCode) {
  EXPECT_EQ(run_hoodtrace({"sched", "--", "/bin/sh", "-c", "exit 7"}).exit_code, 0);
  EXPECT_EQ(run_hoodtrace({"sched", "--propagate", "--", "/bin/sh", "-c", "exit 7"}).exit_code, 7);
}

TEST_F(Errors, TheCommandsOwnOutputIsUntouched) {
  const Finished run = run_hoodtrace({"sched", "--", "/bin/echo", "its own words"});
  EXPECT_EQ(run.output, "its own words\n");
  EXPECT_NE(run.error.find("hoodtrace sched:"), std::string::npos) << run.error;
}

}  // namespace
}  // namespace hoodtrace
