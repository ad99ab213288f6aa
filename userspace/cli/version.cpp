// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/version.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <CLI/Version.hpp>

#include "commit.hpp"
#include "view/report.hpp"

namespace hoodtrace {

std::string program_version() { return HOODTRACE_VERSION; }

std::string version_text(bool is_verbose) {
  std::string text = "hoodtrace " HOODTRACE_VERSION "\n";
  if (!is_verbose) return text;
  text += fmt::format("commit     {}\n", kCommit);
  text += "build      " HOODTRACE_BUILD "\n";
  text += fmt::format("libraries  " HOODTRACE_LIBBPF
                      "zstd {}, zlib {}, fmt {}.{}.{}, CLI11 {}, nlohmann_json {}.{}.{}\n",
                      ::ZSTD_versionString(), ::zlibVersion(), FMT_VERSION / 10000,
                      FMT_VERSION / 100 % 100, FMT_VERSION % 100, CLI11_VERSION,
                      NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                      NLOHMANN_JSON_VERSION_PATCH);
  text += "linked     " HOODTRACE_LINKED "\n";
  text += "with       " HOODTRACE_WITH "\n";
  return text;
}

}  // namespace hoodtrace
