// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_kinds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_word.hpp"
#include "base/units.hpp"
#include "events.h"

namespace hoodtrace {
namespace {

std::uint32_t parse_id(const std::string& text) {
  if (text.empty())
    throw CLI::ValidationError("an id is missing: give a number on each side of a comma");
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id == 0 || id >= HT_PID_LIMIT)
    throw CLI::ValidationError(fmt::format("'{}' is not a process or thread id", text));
  return id;
}

// Not CLI11's delimiter: it takes no notice of "1,,2", and takes the next word in place of ",".
std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    words.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return words;
}

}  // namespace

// CLI11's own would take -1 for the largest number.
std::size_t parse_count(const std::string& text, std::string_view of) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size())
    throw CLI::ValidationError(fmt::format("'{}' is not a number of {}", text, of));
  return count;
}

std::string unknown_choice(std::string_view option, std::string_view typed,
                           const std::vector<std::string_view>& words) {
  return fmt::format("{}: '{}' is none of {}{}", option, typed, fmt::join(words, ", "),
                     did_you_mean(typed, words));
}

void add_duration(CLI::App& app, const std::string& name, std::uint64_t& ns,
                  const std::string& text) {
  app.add_option_function<std::string>(
         name,
         [&ns, name](const std::string& word) {
           ns = checked(parse_duration(word));
           if (ns == 0) throw CLI::ValidationError(name + " must be longer than 0");
         },
         text)
      ->type_name("TIME");
}

void add_ids(CLI::App& app, const std::string& name, std::vector<std::uint32_t>& ids,
             const std::string& text) {
  app.add_option_function<std::vector<std::string>>(
         name,
         [&ids](const std::vector<std::string>& words) {
           for (const std::string& word : words)
             for (const std::string& id : split_list(word)) ids.push_back(parse_id(id));
         },
         text)
      ->type_name("N[,N...]");
}

void add_list(CLI::App& app, const std::string& name, const TakeWord& take, const std::string& text,
              const std::string& type) {
  app.add_option_function<std::string>(
         name,
         [name, take](const std::string& list) {
           for (const std::string& word : split_list(list)) {
             if (word.empty())
               throw CLI::ValidationError(name +
                                          ": a word is missing: give one on each side of a comma");
             take(word);
           }
         },
         text)
      ->type_name(type);
}

}  // namespace hoodtrace
