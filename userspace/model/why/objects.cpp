// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/objects.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "base/socket_address.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

std::string_view protocol(const ht_object& object) {
  switch (object.protocol) {
    case IPPROTO_TCP:
      return "TCP";
    case IPPROTO_UDP:
      return "UDP";
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
      return "ICMP";
    default:
      return "IP";
  }
}

// "TCP 10.0.0.1:80 - 10.0.0.9:5432", "TCP 0.0.0.0:80", "unix socket of process 42"
std::string socket_text(const ht_object& object) {
  if (object.family == AF_UNIX)
    return object.peer_pid == 0 ? std::string("unix socket")
                                : fmt::format("unix socket, peer {}", object.peer_pid);
  if (object.family != AF_INET && object.family != AF_INET6)
    return object.family == AF_NETLINK ? std::string("netlink socket")
                                       : fmt::format("socket (family {})", object.family);
  const std::string local = format_socket_address(object.family, object.local, object.local_port);
  if (object.remote_port == 0) return fmt::format("{} {}", protocol(object), local);
  return fmt::format("{} {} - {}", protocol(object), local,
                     format_socket_address(object.family, object.remote, object.remote_port));
}

}  // namespace

void WhyObjects::on(const ht_object& record) {
  const auto known = objects_.find(record.object);
  if (known != objects_.end())
    known->second = record;
  else if (objects_.size() < kLimit)
    objects_.emplace(record.object, record);
}

const ht_object* WhyObjects::find(std::uint64_t object) const {
  const auto at = objects_.find(object);
  return at == objects_.end() ? nullptr : &at->second;
}

std::string WhyObjects::describe(std::uint64_t id) const {
  const ht_object* object = find(id);
  if (object == nullptr) return {};
  switch (object->kind) {
    case HT_OBJECT_PIPE:
      return fmt::format("pipe {}", object->file.inode);
    case HT_OBJECT_SOCKET:
      return socket_text(*object);
    case HT_OBJECT_EVENT: {
      const std::string_view name(object->name, sizeof(object->name));
      return std::string(name.substr(0, name.find('\0')));
    }
    default:
      break;
  }
  const FileId file = files_.find({object->file.inode, object->file.dev, object->file.generation});
  if (file != kOtherFiles) {
    if (const auto path = files_.path(file))
      return object->kind == HT_OBJECT_FIFO ? "FIFO " + *path : *path;
  }
  return fmt::format("inode {} on {}", object->file.inode, format_device(object->file.dev));
}

}  // namespace hoodtrace
