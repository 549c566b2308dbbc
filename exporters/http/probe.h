// Asks a server whether it is healthy, as Docker and Compose do by a command in the container, where there is no curl.
// Used by `leeway probe`.
#pragma once

#include <chrono>
#include <string>

#include "agent/core/expected.h"

namespace leeway {

// GET of `url`, "http://HOST[:PORT][/PATH]" or "https://...": the path is /-/healthy if there is none. An answer of 2xx
// within `patience` is success, and so is 401, or the demand for a certificate: whoever asks for them is alive. The
// certificate of the server is not verified, as by the kubelet. Error: kUsage for a malformed URL, otherwise kIo with
// the reason or the answer.
Expected<void> probe(const std::string& url, std::chrono::milliseconds patience);

}  // namespace leeway
