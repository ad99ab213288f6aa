// SPDX-License-Identifier: GPL-2.0-or-later
// The files that threads slept on: ht_object, with the paths of ht_file.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "event/event.hpp"
#include "model/names/file_table.hpp"

namespace hoodtrace {

class WhyObjects {
 public:
  void on(const ht_object& record);
  void on(const ht_file& record) { files_.on(record); }
  void on(const ht_mount& record) { files_.on(record); }
  void on(const ht_device& record) { files_.on(record); }

  // "/var/lib/db", "pipe 4711", "TCP 127.0.0.1:80 from 127.0.0.1:40112", "[eventfd]". Hostile; ""
  // when the object's record is missing.
  [[nodiscard]] std::string describe(std::uint64_t object) const;
  [[nodiscard]] const FileTable& files() const { return files_; }
  // Null when its record is missing.
  [[nodiscard]] const ht_object* find(std::uint64_t object) const;

 private:
  // Sockets of a busy server come and go: what is more has no name.
  static constexpr std::size_t kLimit = 65536;

  FileTable files_;
  std::unordered_map<std::uint64_t, ht_object> objects_;
};

}  // namespace hoodtrace
