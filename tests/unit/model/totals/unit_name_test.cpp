// SPDX-License-Identifier: GPL-2.0-or-later
// A path of each runtime's form. Sources of the forms: docs/serve.md.
#include "model/totals/unit_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

const std::string kId = "0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed0c16feed";
const std::string kShort = "0c16feed0c16";
const std::string kUid = "7f3a1c2e-0b4d-4e6f-8a9b-0c1d2e3f4a5b";
const std::string kUidUnderscores = "7f3a1c2e_0b4d_4e6f_8a9b_0c1d2e3f4a5b";

UnitName container(const std::string& runtime, const std::string& pod = "") {
  return {runtime + "/" + kShort, "container", runtime, kId, pod};
}

void expect_unit(const std::string& path, const std::string& unit, const std::string& kind) {
  const UnitName name = unit_of(path);
  EXPECT_EQ(name.unit, unit) << path;
  EXPECT_EQ(name.kind, kind) << path;
  EXPECT_EQ(name.container_id, "") << path;
}

TEST(UnitName, SystemdUnitsAreNamedByTheLastComponentThatIsOne) {
  expect_unit("/system.slice/nginx.service", "nginx.service", "service");
  expect_unit("/system.slice/system-postgresql.slice/postgresql@15-main.service",
              "postgresql@15-main.service", "service");
  expect_unit("/system.slice/nginx.service/workers/3", "nginx.service", "service");
  expect_unit("/init.scope", "init.scope", "scope");
  expect_unit("/system.slice", "system.slice", "slice");
  expect_unit("/system.slice/tmp.mount", "tmp.mount", "mount");
}

TEST(UnitName, WhatThereIsEverMoreOfHasOneName) {
  expect_unit("/user.slice/user-1000.slice/session-3.scope", "session-*.scope", "session");
  expect_unit("/user.slice/user-1000.slice/session-4.scope", "session-*.scope", "session");
  expect_unit("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope",
              "user@*.service", "user");
  expect_unit("/user.slice/user-1000.slice", "user-*.slice", "user");
  expect_unit("/system.slice/run-r1f2e3d.scope", "run-*.scope", "scope");
  expect_unit("/system.slice/run-u12.service", "run-*.service", "service");
}

TEST(UnitName, OtherCgroupsAreNamedByTheirPath) {
  expect_unit("/", "/", "root");
  expect_unit("/a/b", "/a/b", "cgroup");
  expect_unit("", "(unknown)", "unknown");
}

TEST(UnitName, Docker) {
  EXPECT_EQ(unit_of("/system.slice/docker-" + kId + ".scope"), container("docker"));
  EXPECT_EQ(unit_of("/docker/" + kId), container("docker"));
  EXPECT_EQ(unit_of("/docker/" + kId + "/init.scope"), container("docker"));
}

TEST(UnitName, KubernetesWithSystemdsDriver) {
  const std::string pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" +
                          kUidUnderscores + ".slice";
  EXPECT_EQ(unit_of(pod + "/cri-containerd-" + kId + ".scope"), container("containerd", kUid));
  EXPECT_EQ(unit_of(pod + "/crio-" + kId + ".scope"), container("cri-o", kUid));
  EXPECT_EQ(unit_of(pod + "/crio-" + kId + ".scope/container"), container("cri-o", kUid));
  EXPECT_EQ(unit_of(pod + "/docker-" + kId + ".scope"), container("docker", kUid));
  EXPECT_EQ(unit_of(pod), (UnitName{"pod/" + kUid, "pod", "", "", kUid}));
}

TEST(UnitName, KubernetesWithCgroupfs) {
  EXPECT_EQ(unit_of("/kubepods/burstable/pod" + kUid + "/" + kId), container("kubernetes", kUid));
  EXPECT_EQ(unit_of("/kubepods/pod" + kUid + "/" + kId), container("kubernetes", kUid));
}

TEST(UnitName, KubernetesWithASliceThatRuncDoesNotUnderstand) {
  EXPECT_EQ(unit_of("/system.slice/containerd.service/kubepods-burstable-pod" + kUidUnderscores +
                    ".slice:cri-containerd:" + kId),
            container("containerd", kUid));
}

TEST(UnitName, AStaticPodHasAUidWithoutDashes) {
  const std::string uid = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(
      unit_of("/kubepods.slice/kubepods-pod" + uid + ".slice/cri-containerd-" + kId + ".scope"),
      container("containerd", uid));
}

TEST(UnitName, KindHasContainersInAContainer) {
  const std::string other(64, 'a');
  EXPECT_EQ(unit_of("/docker/" + other +
                    "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
                    "kubelet-kubepods-burstable-pod" +
                    kUidUnderscores + ".slice/cri-containerd-" + kId + ".scope"),
            container("containerd", kUid));
}

TEST(UnitName, Podman) {
  EXPECT_EQ(unit_of("/machine.slice/libpod-" + kId + ".scope"), container("podman"));
  EXPECT_EQ(unit_of("/machine.slice/libpod-" + kId + ".scope/container"), container("podman"));
  EXPECT_EQ(
      unit_of("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + kId + ".scope"),
      container("podman"));
  // Its monitor is no container.
  expect_unit("/machine.slice/libpod-conmon-" + kId + ".scope", "libpod-conmon-" + kId + ".scope",
              "scope");
}

TEST(UnitName, LxcAndNspawnNameContainers) {
  EXPECT_EQ(unit_of("/lxc.payload.web"), (UnitName{"lxc/web", "container", "lxc", "web", ""}));
  EXPECT_EQ(unit_of("/lxc.payload.web/init.scope"),
            (UnitName{"lxc/web", "container", "lxc", "web", ""}));
  EXPECT_EQ(unit_of("/lxc/web"), (UnitName{"lxc/web", "container", "lxc", "web", ""}));
  EXPECT_EQ(unit_of("/machine.slice/systemd-nspawn@web.service/payload"),
            (UnitName{"nspawn/web", "container", "nspawn", "web", ""}));
  EXPECT_EQ(unit_of("/machine.slice/machine-web.scope"),
            (UnitName{"nspawn/web", "container", "nspawn", "web", ""}));
}

TEST(UnitName, HexadecimalNamesThatAreTooShortAreNoIds) {
  expect_unit("/system.slice/docker-0c16feed.scope", "docker-0c16feed.scope", "scope");
  expect_unit("/docker/feed", "/docker/feed", "cgroup");
}

}  // namespace
}  // namespace hoodtrace
