// SPDX-License-Identifier: GPL-2.0-or-later
// The running kernel as a Source: attaches, drains the rings in order of time, ends on time, on a
// signal, or with its target.
#pragma once

#include <memory>
#include <optional>

#include "base/result.hpp"
#include "live/kernel_symbols.hpp"
#include "probe/trace_request.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

// Loads and attaches at once; a command of the target is released when everything is in place.
// SIGINT and SIGTERM are taken: the first ends the stream in good order, a second one kills.
Result<std::unique_ptr<Source>> open_live_source(const TraceRequest& request);

// The same for several, one after the other: the first drops the privileges of this process, so it reads
// what later ones need (TraceRequest::families_follow).
class LiveSources {
 public:
  LiveSources();
  ~LiveSources();

  Result<std::unique_ptr<Source>> open(const TraceRequest& request);

 private:
  std::optional<KernelSymbols> symbols_;
};

}  // namespace hoodtrace
