// What the kernel holds of a connection's answers, which a client that does not read makes large: its size, its limit,
// and how much the client has read. Used by Connections and Session. Descriptors of sockets; where the system does not
// say, 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leeway {

// Of an answer that is being sent: enough for most pages, so that they are sent while the thread makes the next one.
// Without a limit the kernel takes megabytes, in memory that counts as the process' own where a control group limits
// it.
inline constexpr int kMostUnsent = 256 * 1024;  // bytes

void limit_unsent(int socket);
// Bytes that the client has not received.
std::size_t unread_bytes(int socket);
// Bytes that it has, since the connection began.
std::uint64_t received_bytes(int socket);

}  // namespace leeway
