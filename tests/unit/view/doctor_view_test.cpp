// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/doctor_view.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

MachineFacts good_machine() {
  MachineFacts facts;
#define HT_HAS(field, text) facts.features.field = true;
  HT_FEATURES(HT_HAS)
#undef HT_HAS
  for (const Probe& probe : kCatalog) facts.features.hooks.insert(probe.hook);
  facts.features.kernel_release = "6.18.0";
  facts.btf_source = "/sys/kernel/btf/vmlinux";
  facts.capabilities = {{"CAP_BPF", "load BPF programs and maps", true, true},
                        {"CAP_SYS_NICE", "run ahead of a busy machine", false, true}};
  facts.memlock_bytes = ~0ULL;
  facts.cpus_online = 2;
  facts.cpus_possible = 4;
  facts.ring_bytes = 4 << 20;
  facts.all_rings_bytes = 23 << 20;
  facts.clock = "boottime (CLOCK_BOOTTIME)";
  facts.families = {{"sched", "sched_switch (tp_btf)", ""}};
  return facts;
}

TEST(DoctorView, AGoodMachineWorks) {
  const std::string text = doctor_text(good_machine());
  EXPECT_NE(text.find("works: loaded, attached"), std::string::npos);
  EXPECT_NE(text.find("4.00 MiB per online CPU, and as much for switches and for faults; with all "
                      "families 23.0 MiB in all"),
            std::string::npos);
  EXPECT_EQ(text.find("setcap"), std::string::npos);
  const Json json = doctor_json(good_machine());
  EXPECT_EQ(json["schema"], "hoodtrace.doctor/1");
  EXPECT_EQ(json["all_rings_bytes"], 23U << 20);
  EXPECT_EQ(json["families"]["sched"]["works"], true);
  EXPECT_TRUE(json["families"]["sched"]["error"].is_null());
  EXPECT_TRUE(json["memlock_bytes"].is_null()) << "unlimited is no number";
}

TEST(DoctorView, MissingCapabilitiesComeWithTheCommandThatGrantsThem) {
  MachineFacts facts = good_machine();
  facts.capabilities[0].held = false;
  facts.capabilities[1].held = false;
  facts.families[0].error = "not permitted to load the BPF programs";
  facts.program = "/opt/bin/hoodtrace";
  const std::string text = doctor_text(facts);
  EXPECT_NE(text.find("NO   CAP_BPF"), std::string::npos);
  EXPECT_NE(text.find("no   CAP_SYS_NICE"), std::string::npos);
  EXPECT_NE(text.find("setcap cap_bpf,cap_sys_nice+ep /opt/bin/hoodtrace\n"), std::string::npos);
  EXPECT_EQ(text.find("of the group"), std::string::npos);
  facts.grant_group = "/opt/libexec/hoodtrace/grant-group";
  EXPECT_NE(doctor_text(facts).find("sudo /opt/libexec/hoodtrace/grant-group\n"),
            std::string::npos);
  EXPECT_NE(text.find("does not work here: not permitted"), std::string::npos);
  EXPECT_EQ(doctor_json(facts)["families"]["sched"]["works"], false);
}

TEST(DoctorView, RootOfAContainerLearnsHowToStartIt) {
  MachineFacts facts = good_machine();
  facts.is_root = true;
  facts.capabilities[0].held = false;
  facts.grant_group = "/usr/libexec/hoodtrace/grant-group";
  const std::string text = doctor_text(facts);
  EXPECT_NE(text.find("start it with --cap-add cap_bpf, or with --privileged\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("sudo"), std::string::npos) << text;
}

TEST(DoctorView, ASeccompFilterThatRefusesBpfComesWithTheNextStep) {
  MachineFacts facts = good_machine();
  EXPECT_EQ(doctor_text(facts).find("seccomp"), std::string::npos);
  facts.seccomp_refuses_bpf = true;
  const std::string step =
      "a seccomp filter refuses bpf(2), as in a container: start it with --security-opt "
      "seccomp=unconfined, or with --privileged";
  EXPECT_NE(doctor_text(facts).find("  next step: " + step + "\n"), std::string::npos)
      << doctor_text(facts);
  EXPECT_EQ(doctor_json(facts)["seccomp_refuses_bpf"], true);
  EXPECT_EQ(doctor_json(facts)["next_steps"], Json::array({step}));
}

TEST(DoctorView, RootOfAUserNamespaceLearnsThatItIsNone) {
  MachineFacts facts = good_machine();
  facts.capabilities[0].held = false;
  facts.is_root = facts.is_in_user_namespace = true;
  const Json steps = doctor_json(facts)["next_steps"];
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_NE(steps[0].get<std::string>().find("as root of the machine"), std::string::npos);
}

TEST(DoctorView, NextStepsAreTheSameInBothForms) {
  MachineFacts facts = good_machine();
  EXPECT_EQ(doctor_json(facts)["next_steps"], Json::array());
  facts.capabilities[0].held = false;
  facts.seccomp_refuses_bpf = true;
  facts.grant_group = "/usr/libexec/hoodtrace/grant-group";
  const std::string text = doctor_text(facts);
  const Json steps = doctor_json(facts)["next_steps"];
  EXPECT_EQ(steps.size(), 3U);
  for (const Json& step : steps)
    EXPECT_NE(text.find(step.get<std::string>() + "\n"), std::string::npos) << step;
}

TEST(DoctorView, StateAndNextStepsComeFirst) {
  MachineFacts facts = good_machine();
  facts.capabilities[0].held = false;
  const std::string text = doctor_text(facts);
  EXPECT_EQ(text.rfind("families\n  sched ", 0), 0U) << text;
  EXPECT_LT(text.find("next step: run with sudo"), text.find("kernel  "));
}

TEST(DoctorView, NoBtfNamesTheOption) {
  MachineFacts facts = good_machine();
  facts.features.btf = false;
  facts.families[0] = {"sched", "", "this kernel has no BTF"};
  EXPECT_NE(doctor_text(facts).find("--btf FILE"), std::string::npos);
  EXPECT_TRUE(doctor_json(facts)["btf"].is_null());
  EXPECT_TRUE(doctor_json(facts)["families"]["sched"]["how"].is_null());
}

TEST(DoctorView, EveryFeatureIsInBothForms) {
  MachineFacts facts = good_machine();
  const std::string text = doctor_text(facts);
  const Json json = doctor_json(facts);
#define HT_CHECK(field, what)                              \
  EXPECT_NE(text.find(what), std::string::npos) << #field; \
  EXPECT_EQ(json["features"][#field], true);
  HT_FEATURES(HT_CHECK)
#undef HT_CHECK
}

TEST(DoctorView, EveryTracepointOfTheCatalogIsInBothFormsOnce) {
  MachineFacts facts = good_machine();
  facts.features.hooks.erase("sched_waking");
  const std::string text = doctor_text(facts);
  const Json features = doctor_json(facts)["features"];
  for (const Probe& probe : kCatalog) {
    if (probe.attach != Attach::kTracepoint) continue;
    const std::string line = fmt::format("  {}  tracepoint {} (tp_btf)\n",
                                         probe.hook == "sched_waking" ? "no " : "yes", probe.hook);
    const std::size_t at = text.find(line);
    ASSERT_NE(at, std::string::npos) << line;
    EXPECT_EQ(text.find(line, at + 1), std::string::npos) << line;
  }
  EXPECT_EQ(features["tp_sched_waking"], false);
  EXPECT_EQ(features["tp_sched_switch"], true);
  EXPECT_EQ(features["tp_filemap_add"], true) << "keys of schema 1 stay";
  EXPECT_EQ(features["tp_memcg_reclaim"], true);
}

TEST(DoctorView, ConfidentialityLockdownIsExplained) {
  MachineFacts facts = good_machine();
  facts.lockdown = "confidentiality";
  EXPECT_NE(doctor_text(facts).find("kernel memory must not be read"), std::string::npos);
  facts.lockdown = "integrity";
  EXPECT_EQ(doctor_text(facts).find("kernel memory must not be read"), std::string::npos);
}

TEST(DoctorView, AMemlockLimitIsANumberWithItsMeaning) {
  MachineFacts facts = good_machine();
  facts.memlock_bytes = 65536;
  EXPECT_NE(doctor_text(facts).find("64.0 KiB (counts for BPF only before"), std::string::npos);
  EXPECT_EQ(doctor_json(facts)["memlock_bytes"], 65536);
}

}  // namespace
}  // namespace hoodtrace
