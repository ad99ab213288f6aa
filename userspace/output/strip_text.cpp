// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/strip_text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>
#include <utility>

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

// Equal pieces one after the other are written once, and counted.
class Runs {
 public:
  void add(std::string piece) {
    if (piece == last_) {
      more_++;
      return;
    }
    end_run();
    out_ += piece;
    last_ = std::move(piece);
  }
  std::string text() {
    end_run();
    return std::move(out_);
  }

 private:
  void end_run() {
    if (more_ > 0) out_ += '!' + std::to_string(more_) + '!';
    more_ = 0;
  }

  std::string out_;
  std::string last_;
  std::size_t more_ = 0;
};

}  // namespace

std::string strip_text(const StateStrip& strip) {
  Runs runs;
  for (const StateStrip::Piece& piece : strip.pieces())
    runs.add(piece_text(piece, static_cast<float>(strip.width_ns())));
  return runs.text();
}

std::string marks_text(const StateStrip& strip) {
  Runs runs;
  for (const std::uint32_t count : strip.marks())
    runs.add(std::string(1, kDigits[static_cast<std::size_t>(std::bit_width(count))]));
  return runs.text();
}

}  // namespace hoodtrace
