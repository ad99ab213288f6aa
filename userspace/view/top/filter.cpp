// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The pattern of * and ? matches some part of the text.
bool contains(std::string_view text, std::string_view pattern) {
  // As "*pattern*", by the greedy search that goes back to the last star.
  const std::string whole = "*" + std::string(pattern) + "*";
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string::npos;
  std::size_t restart = 0;
  while (at < text.size()) {
    if (in < whole.size() && whole[in] == '*') {
      star = in++;
      restart = at;
    } else if (in < whole.size() && (whole[in] == '?' || lower(whole[in]) == lower(text[at]))) {
      in++;
      at++;
    } else if (star != std::string::npos) {
      in = star + 1;
      at = ++restart;
    } else {
      return false;
    }
  }
  return whole.find_first_not_of('*', in) == std::string::npos;
}

bool begins_with(std::string_view name, std::string_view word) {
  return name.size() >= word.size() &&
         std::equal(word.begin(), word.end(), name.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// A name that is the word comes before one that only begins with it.
std::optional<std::size_t> column_of(const Table& table, std::string_view word) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < table.columns.size(); i++) {
    const Column& column = table.columns[i];
    for (const std::string& name : {column.heading, column.key}) {
      if (!begins_with(name, word)) continue;
      if (name.size() == word.size()) return i;
      if (!found) found = i;
    }
  }
  return found;
}

std::optional<double> number_of(const Cell& cell) {
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return static_cast<double>(*count);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*count);
  if (const auto* share = std::get_if<double>(&cell)) return *share;
  return {};
}

// "5ms", "4M", "12", "30%"
std::optional<double> parse_value(std::string_view word) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc()) return {};
  const std::string_view unit(end, static_cast<std::size_t>(word.data() + word.size() - end));
  if (unit.empty()) return number;
  if (unit == "%") return number / 100;
  if (const Result<std::uint64_t> ns = parse_duration(word)) return static_cast<double>(*ns);
  if (const Result<std::uint64_t> bytes = parse_bytes(word)) return static_cast<double>(*bytes);
  return {};
}

}  // namespace

Result<RowFilter> RowFilter::parse(std::string_view text) {
  RowFilter filter;
  while (true) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    if (text.empty()) return filter;
    const std::string_view piece = text.substr(0, text.find(' '));
    text.remove_prefix(piece.size());
    const std::size_t sign = piece.find_first_of("<>:");
    Word word;
    if (sign == std::string_view::npos) {
      word.pattern = piece;
      filter.words_.push_back(std::move(word));
      continue;
    }
    word.column = piece.substr(0, sign);
    word.compare = piece[sign];
    word.pattern = piece.substr(sign + 1);
    if (word.column.empty() || word.pattern.empty())
      return usage(fmt::format("{}: write COLUMN{}VALUE, such as wait>5ms or comm:pg*",
                               printable(piece), piece[sign]));
    if (word.compare != ':') {
      const std::optional<double> number = parse_value(word.pattern);
      if (!number)
        return usage(fmt::format("{}: not a number, a duration (5ms), a size (4M) or a share (30%)",
                                 printable(word.pattern)));
      word.number = *number;
    }
    filter.words_.push_back(std::move(word));
  }
}

void RowFilter::require(std::string key, std::string text) {
  words_.push_back({std::move(key), '=', std::move(text)});
}

bool RowFilter::admits(const Word& word, const Table& table, const std::vector<Cell>& row) {
  if (word.column.empty())
    return std::any_of(row.begin(), row.end(), [&word](const Cell& cell) {
      const auto* text = std::get_if<std::string>(&cell);
      return text != nullptr && contains(*text, word.pattern);
    });
  const std::optional<std::size_t> column = column_of(table, word.column);
  if (!column) return false;
  const Cell& cell = row[*column];
  if (word.compare == '=') {
    const auto* text = std::get_if<std::string>(&cell);
    return text != nullptr && *text == word.pattern;
  }
  if (word.compare == ':') {
    if (const auto* text = std::get_if<std::string>(&cell)) return contains(*text, word.pattern);
    const std::optional<double> number = number_of(cell);
    return number && fmt::format("{}", *number) == word.pattern;
  }
  const std::optional<double> number = number_of(cell);
  return number && (word.compare == '>' ? *number > word.number : *number < word.number);
}

bool RowFilter::admits(const Table& table, const std::vector<Cell>& row) const {
  return std::all_of(words_.begin(), words_.end(),
                     [&](const Word& word) { return admits(word, table, row); });
}

}  // namespace hoodtrace
