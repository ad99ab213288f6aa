#include "stream/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/write_all.hpp"
#include "stream/recording.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

void append(std::vector<char>& buffer, const void* bytes, std::size_t size) {
  const char* first = static_cast<const char*>(bytes);
  buffer.insert(buffer.end(), first, first + size);
}

}  // namespace

Result<Recorder> Recorder::create(const std::string& path) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd)
    return failed(fmt::format("cannot write {}: {}; give -o a path you may write to", path,
                              std::strerror(errno)));
  Recorder recorder(path, std::move(fd));
  append(recorder.buffer_, kRecordingMagic, sizeof(kRecordingMagic));
  return recorder;
}

Result<void> Recorder::write(RecordView record) {
  const RecordPrefix prefix{record.bytes, 0};
  append(buffer_, &prefix, sizeof(prefix));
  append(buffer_, record.head, record.bytes);
  if (buffer_.size() >= kBufferBytes) return flush();
  return {};
}

Result<void> Recorder::flush() {
  bytes_ += buffer_.size();
  Result<void> written = write_all(fd_.get(), {buffer_.data(), buffer_.size()}, path_);
  buffer_.clear();
  return written;
}

}  // namespace hoodtrace
