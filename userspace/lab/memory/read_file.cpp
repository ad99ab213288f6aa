// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/memory/read_file.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "lab/acts.hpp"

namespace hoodtrace::lab {

void read_all(int fd, std::size_t pages) {
  std::vector<char> page(page_bytes());
  for (std::size_t i = 0; i < pages; i++)
    if (::pread(fd, page.data(), page.size(), static_cast<off_t>(i * page.size())) !=
        static_cast<ssize_t>(page.size()))
      give_up("read");
}

void add_identity(int fd, LabJson& facts) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) give_up("fstat");
  facts["dev"] = std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  facts["inode"] = status.st_ino;
}

}  // namespace hoodtrace::lab
