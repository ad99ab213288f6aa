// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/libbpf_log.hpp"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace hoodtrace {
namespace {

std::string& kept() {
  static thread_local std::string message;
  return message;
}

int keep_message(libbpf_print_level level, const char* format, va_list arguments) {
  if (std::getenv("HOODTRACE_LIBBPF_LOG") != nullptr)
    return std::vfprintf(stderr, format, arguments);
  if (level != LIBBPF_WARN) return 0;
  va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return 0;
  std::string line(static_cast<std::size_t>(length) + 1, '\0');
  std::vsnprintf(line.data(), line.size(), format, arguments);
  line.pop_back();
  // The end of a verifier's log has the reason.
  constexpr std::size_t kLineLimit = 512;
  if (line.size() > kLineLimit) line = "..." + line.substr(line.size() - kLineLimit);
  std::string& message = kept();
  if (message.size() < 2048) message += line;
  return 0;
}

}  // namespace

void keep_libbpf_log() {
  ::libbpf_set_print(keep_message);
  kept().clear();
}

const std::string& libbpf_log() { return kept(); }

}  // namespace hoodtrace
