// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/cause.hpp"

#include <array>

namespace hoodtrace {
namespace {

#define HT_PART_KEY(name, key, heading, meaning) std::string_view(key),
constexpr std::array kPartKeys = {HT_WHY_PARTS(HT_PART_KEY)};
#undef HT_PART_KEY
#define HT_PART_HEADING(name, key, heading, meaning) std::string_view(heading),
constexpr std::array kHeadings = {HT_WHY_PARTS(HT_PART_HEADING)};
#undef HT_PART_HEADING
#define HT_REASON_KEY(name, key, words) std::string_view(key),
constexpr std::array kReasonKeys = {HT_WHY_REASONS(HT_REASON_KEY)};
#undef HT_REASON_KEY
#define HT_REASON_WORDS(name, key, words) std::string_view(words),
constexpr std::array kWords = {HT_WHY_REASONS(HT_REASON_WORDS)};
#undef HT_REASON_WORDS

constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15ULL;  // 2^64 by the golden ratio

}  // namespace

std::string_view key_of(WhyPart part) { return kPartKeys[static_cast<std::size_t>(part)]; }
std::string_view heading_of(WhyPart part) { return kHeadings[static_cast<std::size_t>(part)]; }
std::string_view key_of(WhyReason reason) { return kReasonKeys[static_cast<std::size_t>(reason)]; }
std::string_view words_of(WhyReason reason) { return kWords[static_cast<std::size_t>(reason)]; }

std::size_t WhyCauseHash::operator()(const WhyCause& cause) const {
  std::uint64_t hash = static_cast<std::uint64_t>(cause.part) |
                       static_cast<std::uint64_t>(cause.reason) << 8 |
                       static_cast<std::uint64_t>(cause.object_kind) << 16 |
                       static_cast<std::uint64_t>(cause.relation) << 24 |
                       static_cast<std::uint64_t>(cause.table) << 32 |
                       static_cast<std::uint64_t>(static_cast<std::uint16_t>(cause.call)) << 40;
  hash = (hash ^ cause.object) * kSpread;
  hash =
      (hash ^ hash >> 29 ^ (static_cast<std::uint64_t>(cause.by) << 32 | cause.by_tid)) * kSpread;
  return hash ^ hash >> 32;
}

}  // namespace hoodtrace
