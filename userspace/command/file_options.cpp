// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/file_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

// "-" is a standard stream, which may be a file too.
std::string file_of(const std::string& name, const char* stream) {
  return name == "-" ? stream : name;
}

}  // namespace

Result<void> check_files(const Options& options) {
  const std::array outputs = {&options.output,        &options.record.tee, &options.boot.html,
                              &options.boot.perfetto, &options.diff.html,  &options.disk_html};
  const bool owns_stdout = !options.trace.target.command.empty();
  for (std::size_t i = 0; i < outputs.size(); i++) {
    const std::string& output = *outputs[i];
    // The first one is standard output where it has no name.
    const std::string written = file_of(i == 0 && output.empty() ? "-" : output, "/dev/stdout");
    for (const std::string* input : {&options.from, &options.boot.file})
      RETURN_IF_ERROR(check_not_same_file(file_of(*input, "/dev/stdin"), written));
    for (std::size_t j = 0; j < i && !output.empty(); j++) {
      if (output == *outputs[j])
        return usage(fmt::format("two outputs have the same name, {}: give each its own file",
                                 output_name(output)));
      RETURN_IF_ERROR(check_not_same_file(*outputs[j], output));
    }
  }
  if (options.record.tee == "-" && options.output.empty())
    return usage(
        "with -w - the recording uses standard output: name a file for the report with -o FILE");
  if (options.record.tee == "-" && owns_stdout)
    return usage("the command after -- uses standard output: name a file with -w FILE");
  return {};
}

std::string output_name(const std::string& output) {
  return output.empty() || output == "-" ? "standard output" : printable(output);
}

Replace replace_of(const Options& options) {
  return options.from.empty() ? Replace::kAtFirstByte : Replace::kWhenWhole;
}

}  // namespace hoodtrace
