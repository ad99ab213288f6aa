// SPDX-License-Identifier: GPL-2.0-or-later
// Compresses a stream of bytes into one zstd frame, as it comes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ZSTD_CCtx_s;

namespace hoodtrace {

class ZstdStream {
 public:
  ZstdStream();

  // Appends to `out` what is ready of the compressed bytes.
  void add(std::string_view bytes, std::string& out);
  // Appends the rest; last call.
  void finish(std::string& out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  void compress(std::string_view bytes, bool is_end, std::string& out);

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

}  // namespace hoodtrace
