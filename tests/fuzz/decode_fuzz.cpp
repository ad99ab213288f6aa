// SPDX-License-Identifier: GPL-2.0-or-later
// Any bytes as records, through the decoder and a viewing command: trackers, views, renderers.
//
// The input: a byte that chooses the command, a byte that chooses how it reports, then per record
// one byte, its length in 8-byte words, and the record. One command a run: the whole chain is
// seconds of instrumented code for a thousand inputs, and what is found is one command's.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "command/command_table.hpp"
#include "stream/vector_source.hpp"

namespace {

using namespace hoodtrace;

RecordBuffer records_of(const std::uint8_t* bytes, std::size_t size) {
  RecordBuffer records;
  while (size > 1) {
    std::size_t length = std::size_t{bytes[0]} * 8;
    bytes++;
    size--;
    if (length > size) length = size;
    // A source's records have at least a header.
    std::vector<std::uint8_t> record(std::max(length, sizeof(ht_header)));
    std::memcpy(record.data(), bytes, length);
    records.add_bytes(record.data(), record.size());
    bytes += length;
    size -= length;
  }
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 3) return 0;
  constexpr Format kFormats[] = {Format::kText, Format::kJson, Format::kCsv};
  static const std::vector<const Command*> views = [] {
    std::vector<const Command*> found;
    for (const Command& command : kCommands)
      if (command.has(OptionGroup::kForm) && command.has(OptionGroup::kTarget))
        found.push_back(&command);
    return found;
  }();
  const Command& command = *views[bytes[0] % views.size()];
  const std::uint8_t how = bytes[1];
  const RecordBuffer records = records_of(bytes + 2, size - 2);
  const Environment environment{
      [&records](const TraceRequest&) -> Result<std::unique_ptr<Source>> {
        return std::unique_ptr<Source>(std::make_unique<VectorSource>(records));
      },
      [](const std::string&) -> Result<MachineFacts> { return MachineFacts{}; }};
  Options options;
  options.command = command.name;
  options.format = kFormats[how % 3];
  options.output = "/dev/null";
  options.view.json = options.format == Format::kJson;
  options.view.text = options.format == Format::kText;
  options.view.histogram = (how & 4) != 0;
  options.procs.form = static_cast<ProcsForm>((how >> 3) % 3);
  (void)command.run(options, environment);
  return 0;
}
