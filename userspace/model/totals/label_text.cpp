// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/totals/label_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace hoodtrace {
namespace {

constexpr std::string_view kCut = "…";
constexpr std::size_t kHashDigits = 16;

std::size_t bytes_of(char c) { return c == '\\' || c == '"' ? 2 : 1; }

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// FNV-1a. Names with one hash can be made on purpose: such names are then one name, and one sum.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string cut_label(std::string_view name) {
  constexpr std::size_t kMostKept = kMostLabelBytes - kCut.size() - kHashDigits;
  std::size_t kept = 0;  // where the last character that fits before a cut ends
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < name.size(); i++) {
    if (begins_character(name[i]) && bytes <= kMostKept) kept = i;
    bytes += bytes_of(name[i]);
  }
  if (bytes <= kMostLabelBytes) return std::string(name);
  return fmt::format("{}{}{:016x}", name.substr(0, kept), kCut, hash_of(name));
}

}  // namespace hoodtrace
