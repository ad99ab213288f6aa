// SPDX-License-Identifier: GPL-2.0-or-later
// A folder for one test's files, removed in the destructor.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/disk_place.hpp"

namespace hoodtrace::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = disk_place() + "/hoodtrace-test.XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace hoodtrace::testing
