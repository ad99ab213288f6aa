// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/boot/kernel_log.hpp"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

namespace hoodtrace {
namespace {

// "6,339,5140900,-;text\n KEY=value\n" (Documentation/ABI/testing/dev-kmsg)
bool parse(std::string_view line, ht_boot_mark& mark, std::string_view& text) {
  std::uint64_t numbers[3] = {};
  for (std::uint64_t& number : numbers) {
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error != std::errc{} || end == line.data() + line.size() || *end != ',') return false;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  }
  const std::size_t start = line.find(';');
  if (start == std::string_view::npos) return false;
  text = line.substr(start + 1);
  text = text.substr(0, text.find('\n'));
  mark.level = static_cast<__u32>(numbers[0] & 7);
  mark.head.time_ns = numbers[2] * 1000;
  return true;
}

}  // namespace

void KernelLog::open() { fd_ = Fd(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)); }

void KernelLog::add_lines(RecordBuffer& out) {
  constexpr int kAtOnce = 1000;
  char bytes[8192];
  for (int i = 0; fd_ && i < kAtOnce; i++) {
    const ssize_t got = ::read(fd_.get(), bytes, sizeof(bytes));
    if (got < 0 && errno == EPIPE) continue;  // lines were overwritten before they were read
    if (got <= 0) return;
    ht_boot_mark mark{};
    mark.head = {0, 0, HT_BOOT_MARK, HT_NO_CPU};
    mark.kind = HT_BOOT_MARK_KMSG;
    std::string_view text;
    if (parse({bytes, static_cast<std::size_t>(got)}, mark, text))
      out.add(mark, std::string(text) + '\0');
  }
}

}  // namespace hoodtrace
