// Any bytes as records, through the decoder and every viewing command: trackers, views, renderers.
//
// The input: per record one byte, its length in 8-byte words, then the record. A first byte chooses
// the format of the reports.

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
  if (size < 2) return 0;
  constexpr Format kFormats[] = {Format::kText, Format::kJson, Format::kCsv};
  const RecordBuffer records = records_of(bytes + 1, size - 1);
  const Environment environment{
      [&records](const TraceRequest&) -> Result<std::unique_ptr<Source>> {
        return std::unique_ptr<Source>(std::make_unique<VectorSource>(records));
      },
      [](const std::string&) -> Result<MachineFacts> { return MachineFacts{}; }};
  for (const Command& command : kCommands) {
    if (!command.is_view || command.name == "record") continue;
    Options options;
    options.command = command.name;
    options.format = kFormats[bytes[0] % 3];
    options.output = "/dev/null";
    options.view.json = options.format == Format::kJson;
    options.view.text = options.format == Format::kText;
    options.view.histogram = (bytes[0] & 4) != 0;
    options.procs.form = static_cast<ProcsForm>((bytes[0] >> 3) % 3);
    (void)command.run(options, environment);
  }
  return 0;
}
