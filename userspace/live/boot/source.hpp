// SPDX-License-Identifier: GPL-2.0-or-later
// The capture of a boot as a Source: the live kernel, and between its records what the service
// manager and the kernel's log report. The stream ends with phases, units, an ht_boot_end and the
// tick.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "probe/boot_request.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

// When it returns, the probes are attached and systemd was notified (sd_notify READY=1).
Result<std::unique_ptr<Source>> open_boot_source(const BootRequest& request);

}  // namespace hoodtrace
