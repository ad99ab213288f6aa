// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mount_table.hpp"

#include <fstream>
#include <sstream>

namespace hoodtrace {
namespace {

// The kernel writes space, tab, newline and backslash as \040 and so on: fs/seq_file.c,
// mangle_path.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<MountEntry> parse_mount(const std::string& line) {
  // 36 35 98:0 /root /mount-point options [optional fields] - type source super-options
  std::istringstream fields(line);
  MountEntry mount;
  std::string id, parent, word;
  char colon = 0;
  if (!(fields >> id >> parent >> mount.major >> colon >> mount.minor >> mount.root >> mount.point))
    return std::nullopt;
  mount.root = unescaped(mount.root);
  mount.point = unescaped(mount.point);
  while (fields >> word && word != "-") {
  }
  fields >> mount.type;
  return mount;
}

std::vector<MountEntry> read_mounts(const std::string& mountinfo) {
  std::vector<MountEntry> mounts;
  std::ifstream file(mountinfo);
  for (std::string line; std::getline(file, line);)
    if (std::optional<MountEntry> mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  return mounts;
}

}  // namespace hoodtrace
