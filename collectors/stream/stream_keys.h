// The keys of sources that are no files: where they are, and their limits. Used by the builders of stream sources.
#pragma once

#include <string>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/core/stream_endpoint.h"
#include "collectors/stream/stream_receiver.h"

namespace leeway {

// "udp://127.0.0.1:5514", "tcp://[::1]:5514", "unix:///run/app.sock", "unixgram:///run/app.sock"; "localhost" is
// 127.0.0.1. The error says what is wrong.
Expected<StreamAddress> parse_listen(const std::string& text);

// Whether only this host can send to it.
bool is_loopback(const StreamAddress& address);

// Each reads its keys; errors are in the reader.
StreamAddress read_listen(TableReader& reader);
void read_socket_keys(TableReader& reader, const StreamAddress& address, StreamOptions& endpoint,
                      ReceiverOptions& options);
void read_buffer(TableReader& reader, ReceiverOptions& options);

}  // namespace leeway
