#include "output/strip_text.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace hoodtrace {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

std::string piece_text(const StateStrip::Piece& piece, float width_ns) {
  float total = 0;
  for (const float ns : piece) total += ns;
  const float whole = std::max(total, width_ns);
  std::string text;
  for (const float ns : piece) {
    // What is there at all is seen.
    const long digit = ns > 0 ? std::max(std::lround(63 * ns / whole), 1L) : 0;
    text += kDigits[static_cast<std::size_t>(std::min(digit, 63L))];
  }
  return text;
}

}  // namespace

std::string strip_text(const StateStrip& strip) {
  std::string out;
  std::string last;
  std::size_t more = 0;
  const auto end_run = [&] {
    if (more > 0) out += '!' + std::to_string(more) + '!';
    more = 0;
  };
  for (const StateStrip::Piece& piece : strip.pieces()) {
    std::string text = piece_text(piece, static_cast<float>(strip.width_ns()));
    if (text == last) {
      more++;
      continue;
    }
    end_run();
    out += text;
    last = std::move(text);
  }
  end_run();
  return out;
}

}  // namespace hoodtrace
