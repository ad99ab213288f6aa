// SPDX-License-Identifier: GPL-2.0-or-later
// What every option is made with: durations, counts, lists of ids, closed choices.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hoodtrace {

// CLI11 reports invalid values by exception, so our parsers do that too, inside cli/ only.
template <class T>
T checked(Result<T> result) {
  if (!result) throw CLI::ValidationError(result.error().message);
  return std::move(*result);
}

// A whole number of rows, or of what `of` names, or an exception of CLI11's.
std::size_t parse_count(const std::string& text, std::string_view of = "rows");

// "--by: 'cgrop' is none of thread, process, comm, cgroup; did you mean cgroup?"
std::string unknown_choice(std::string_view option, std::string_view typed,
                           const std::vector<std::string_view>& words);

// An option that takes a duration above 0 ("5ms"), in nanoseconds.
void add_duration(CLI::App& app, const std::string& name, std::uint64_t& ns,
                  const std::string& text);

// Numbers of processes or threads.
void add_ids(CLI::App& app, const std::string& name, std::vector<std::uint32_t>& ids,
             const std::string& text);

// Words with commas between them: `take` is called with each.
using TakeWord = std::function<void(const std::string& word)>;
void add_list(CLI::App& app, const std::string& name, const TakeWord& take, const std::string& text,
              const std::string& type);

template <class T>
struct Choice {
  std::string_view word;
  T value;
};

// An option that takes one of a few words.
template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& name, T& value,
                        const std::vector<Choice<T>>& choices, const std::string& text,
                        const std::string& type) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &value, choices](const std::string& typed) {
            std::vector<std::string_view> words;
            for (const Choice<T>& choice : choices) {
              if (choice.word == typed) {
                value = choice.value;
                return;
              }
              words.push_back(choice.word);
            }
            throw CLI::ValidationError(unknown_choice(name, typed, words));
          },
          text)
      ->type_name(type);
}

}  // namespace hoodtrace
