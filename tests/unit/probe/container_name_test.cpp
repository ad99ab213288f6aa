// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/container_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

constexpr std::string_view kId = "4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a";

TEST(ContainerName, EveryRuntimesFolderIsFoundByThePrefixOfTheId) {
  for (const char* before : {"docker-", "cri-containerd-", "libpod-", "crio-", ""}) {
    const std::string name = before + std::string(kId);
    EXPECT_TRUE(is_container_folder(name, "4f2a9c0b7d1e")) << name;
    EXPECT_TRUE(is_container_folder(name + ".scope", "4f2a")) << name;
    EXPECT_FALSE(is_container_folder(name, "4f2b")) << name;
    EXPECT_FALSE(is_container_folder(name, "a9c0")) << "not from its beginning";
  }
}

TEST(ContainerName, OtherFoldersAreNone) {
  for (const char* name :
       {"system.slice", "docker.service", "user-1000.slice", "init.scope", "", "deadbeef"})
    EXPECT_FALSE(is_container_folder(name, "d")) << name;
  EXPECT_FALSE(is_container_folder("libpod-conmon-" + std::string(kId) + ".scope", "4f2a"));
  EXPECT_FALSE(is_container_folder(kId, ""));
}

TEST(ContainerName, APathIsTheContainersWhereOneOfItsPartsIs) {
  const std::string path = "/system.slice/docker-" + std::string(kId) + ".scope/init";
  EXPECT_TRUE(is_container_path(path, "4f2a9"));
  EXPECT_FALSE(is_container_path("/system.slice/ssh.service", "4f2a9"));
}

}  // namespace
}  // namespace hoodtrace
