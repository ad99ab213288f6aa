// SPDX-License-Identifier: GPL-2.0-or-later
// /metrics and /healthz by libmicrohttpd.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "view/serve/server.hpp"

namespace hoodtrace {

// Takes the address; an error when it is in use. Where the libraries are missing: an error that says so.
Result<std::unique_ptr<MetricsServer>> open_metrics_server(const ListenAddress& address);

}  // namespace hoodtrace
