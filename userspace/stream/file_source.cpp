#include "stream/file_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "stream/block_source.hpp"
#include "stream/plain_source.hpp"
#include "stream/recording.hpp"

namespace hoodtrace {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failed(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  char magic[sizeof(kRecordingMagic) + 1] = {};
  if (::read(fd.get(), magic, sizeof(magic)) != sizeof(magic) ||
      std::memcmp(magic, kRecordingMagic, sizeof(kRecordingMagic)) != 0)
    return failed(
        fmt::format("{} is no hoodtrace recording; make one with: hoodtrace record -o FILE", path));
  const int version = magic[sizeof(kRecordingMagic)];
  std::unique_ptr<Source> reader;
  if (version == 1)
    reader = std::make_unique<PlainSource>(path, std::move(fd));
  else if (version == kRecordingVersion)
    reader = std::make_unique<BlockSource>(path, std::move(fd));
  else
    return failed(
        fmt::format("{} is a recording of version {}, and this hoodtrace reads versions "
                    "1 to {}: take a newer one",
                    path, version, int{kRecordingVersion}));
  return std::unique_ptr<FileSource>(new FileSource(std::move(reader)));
}

}  // namespace hoodtrace
