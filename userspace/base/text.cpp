// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/character_width.hpp"

namespace hoodtrace {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0 = not well formed
};

// Unicode 15, table 3-7: well-formed UTF-8 byte sequences.
Character decode_character(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if (first >= 0xc2 && first < 0xe0) {
    length = 2, code = first & 0x1f, least = 0x80;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3, code = first & 0x0f, least = 0x800;
  } else if (first >= 0xf0 && first < 0xf5) {
    length = 4, code = first & 0x07, least = 0x10000;
  } else {
    return {};
  }
  for (std::size_t i = 1; i < length; i++) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, length};
}

bool is_obeyed(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  if (code == 0x2028 || code == 0x2029) return true;  // line and paragraph separator
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);  // bidirectional controls
}

// Shown as nothing, alone or between others: two names that differ in it look the same. Unicode's
// Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and the anchors of annotations.
bool is_unseen(std::uint32_t code) {
  struct Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  constexpr Range kUnseen[] = {
      {0xad, 0xad},       {0x34f, 0x34f},   {0x61c, 0x61c},     {0x115f, 0x1160},
      {0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},   {0x202a, 0x202e},
      {0x2060, 0x206f},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
      {0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
      {0xe0000, 0xe0fff},
  };
  return code >= kUnseen[0].first &&
         std::any_of(std::begin(kUnseen), std::end(kUnseen), [code](const Range& range) {
           return code >= range.first && code <= range.last;
         });
}

}  // namespace

std::string printable(std::string_view hostile) {
  std::string out;
  out.reserve(hostile.size());
  while (!hostile.empty()) {
    const Character character = decode_character(hostile);
    const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
    if (character.bytes != 0 && !is_obeyed(character.code)) {
      if (character.code == '\\') out += '\\';
      out += hostile.substr(0, bytes);
    } else if (hostile[0] == '\n') {
      out += "\\n";
    } else if (hostile[0] == '\t') {
      out += "\\t";
    } else {
      for (std::size_t i = 0; i < bytes; i++)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                       static_cast<unsigned char>(hostile[i]));
    }
    hostile.remove_prefix(bytes);
  }
  return out;
}

std::string valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = decode_character(bytes).bytes;
    if (length == 0)
      out += "\xef\xbf\xbd";
    else
      out += bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string visible_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Character character = decode_character(bytes);
    if (character.bytes == 0)
      out += "\xef\xbf\xbd";
    else if (is_obeyed(character.code) || is_unseen(character.code))
      out += '?';
    else
      out += bytes.substr(0, character.bytes);
    bytes.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
  }
  return out;
}

std::string printable_json(std::string json) {
  std::string out;
  std::size_t kept = 0;  // bytes of json that are in out, or dropped
  for (std::size_t i = 0; i < json.size();) {
    // JSON text has no byte below 0x20 here, and most of it is ASCII.
    if (static_cast<unsigned char>(json[i]) < 0x7f) {
      i++;
      continue;
    }
    const Character character = decode_character(std::string_view(json).substr(i));
    const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
    if (character.bytes != 0 && is_obeyed(character.code)) {
      out.append(json, kept, i - kept);
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", character.code);
      kept = i + bytes;
    }
    i += bytes;
  }
  if (kept == 0) return json;
  return out.append(json, kept);
}

bool fits(std::string_view text, std::size_t columns) {
  // No character is wider than its number of bytes.
  return text.size() <= columns || display_width(text) <= columns;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = decode_character(text);
    columns += character_width(character.code);
    text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (fits(text, columns)) return std::string(text);
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const Character character = decode_character(text);
    const std::size_t width = character_width(character.code);
    if (used + width + 1 > columns) break;
    const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
    out += text.substr(0, bytes);
    used += width;
    text.remove_prefix(bytes);
  }
  if (columns > 0) out += "…";
  return out;
}

std::string wrap_to_width(std::string_view line, std::size_t columns) {
  if (columns == 0 || fits(line, columns)) return std::string(line);
  constexpr std::size_t kHang = 4;
  constexpr std::size_t kLeastPiece = 8;
  std::string hang(std::min(kHang, columns / 2), ' ');
  if (const std::size_t gap = line.substr(0, columns / 2).rfind("  ");
      gap != std::string_view::npos)
    hang.assign(display_width(line.substr(0, gap + 2)), ' ');
  std::string out;
  std::size_t room = columns;
  while (!fits(line, room)) {
    // How much fits, and where its last space is.
    std::size_t bytes = 0;
    std::size_t space = 0;
    for (std::size_t used = 0; bytes < line.size();) {
      const Character character = decode_character(line.substr(bytes));
      used += character_width(character.code);
      if (used > room) break;
      if (line[bytes] == ' ') space = bytes;
      bytes += character.bytes == 0 ? 1 : character.bytes;
    }
    if (bytes < line.size() && line[bytes] == ' ') space = bytes;
    const std::size_t begin = out.empty() ? hang.size() : 0;
    const bool at_space = space > begin && space + kLeastPiece + room / 4 >= bytes;
    if (bytes == 0) break;
    const std::size_t cut = at_space ? space : bytes;
    out.append(line.substr(0, cut)).append("\n").append(hang);
    line.remove_prefix(at_space ? cut + 1 : cut);
    room = columns - hang.size();
  }
  return out.append(line);
}

}  // namespace hoodtrace
