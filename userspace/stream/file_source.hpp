// Replays a trace file of any version.
#pragma once

#include <memory>
#include <string>

#include "stream/source.hpp"

namespace hoodtrace {

class FileSource : public Source {
 public:
  // An error when it is no recording, or of a version not known here.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);

  // What is damaged or cut off shows as an ht_trouble, and before it, where records are missing, as
  // an ht_lost of unknown types on every CPU.
  Result<std::span<const RecordView>> next() override { return reader_->next(); }

 private:
  explicit FileSource(std::unique_ptr<Source> reader) : reader_(std::move(reader)) {}

  std::unique_ptr<Source> reader_;
};

}  // namespace hoodtrace
