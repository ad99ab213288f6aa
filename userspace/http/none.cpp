// SPDX-License-Identifier: GPL-2.0-or-later
// Where libmicrohttpd or prometheus-cpp is not installed.

#include "http/server.hpp"

namespace hoodtrace {

Result<std::unique_ptr<MetricsServer>> open_metrics_server(const ListenAddress&) {
  return failed(
      "this hoodtrace was built without libmicrohttpd (libmicrohttpd-dev) or prometheus-cpp "
      "(prometheus-cpp-dev), which serve needs: install both and build hoodtrace again");
}

}  // namespace hoodtrace
