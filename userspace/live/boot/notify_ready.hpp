// SPDX-License-Identifier: GPL-2.0-or-later
// Notifies the service manager that a unit of Type=notify has started (sd_notify(3), protocol).
// Without a NOTIFY_SOCKET in the environment it does nothing.
#pragma once

namespace hoodtrace {

void notify_ready();

}  // namespace hoodtrace
