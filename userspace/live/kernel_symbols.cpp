// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/kernel_symbols.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/fd.hpp"

namespace hoodtrace {

// "ffffffff81000000 T _text", and of a module a tab and "[ext4]".
void KernelSymbols::add_line(std::string_view line) {
  std::uint64_t address = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
  const auto at = static_cast<std::size_t>(end - line.data());
  if (error != std::errc() || address == 0 || at + 3 >= line.size()) return;
  const char type = line[at + 1];
  if (type != 't' && type != 'T' && type != 'w' && type != 'W') return;
  std::string_view name = line.substr(at + 3);
  name = name.substr(0, name.find('\t'));
  symbols_.push_back({address, static_cast<std::uint32_t>(names_.size())});
  names_.append(name).push_back('\0');
}

KernelSymbols KernelSymbols::read() {
  const Fd file(::open("/proc/kallsyms", O_RDONLY | O_CLOEXEC));
  KernelSymbols symbols;
  // Line by line: the whole text has 5 MB and more, and a string that grows to it copies it twice.
  std::array<char, 65536> piece;
  std::size_t held = 0;
  while (file) {
    const ssize_t got = ::read(file.get(), piece.data() + held, piece.size() - held);
    if (got <= 0) break;
    std::string_view rest(piece.data(), held + static_cast<std::size_t>(got));
    for (std::size_t end; (end = rest.find('\n')) < rest.size(); rest.remove_prefix(end + 1))
      symbols.add_line(rest.substr(0, end));
    held = rest.size() < piece.size() ? rest.size() : 0;  // a line of 64 KiB is none
    std::memmove(piece.data(), rest.data(), held);
  }
  std::stable_sort(symbols.symbols_.begin(), symbols.symbols_.end(),
                   [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
  return symbols;
}

std::string_view KernelSymbols::name_of(std::uint64_t address) const {
  auto at = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                             [](std::uint64_t a, const Symbol& b) { return a < b.address; });
  if (at == symbols_.begin()) return {};
  --at;
  return names_.data() + at->name;
}

std::uint64_t KernelSymbols::address_of(std::string_view name) const {
  for (const Symbol& symbol : symbols_)
    if (name == names_.data() + symbol.name) return symbol.address;
  return 0;
}

}  // namespace hoodtrace
