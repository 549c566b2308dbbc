// Asks a server whether it is healthy, as Docker and Compose do by a command in the container, where there is no curl.
// Used by `leeway probe`.
#pragma once

#include <chrono>
#include <string>

#include "agent/core/expected.h"

namespace leeway {

// GET of `url`, "http://HOST[:PORT][/PATH]": the path is /-/healthy if there is none. An answer of 2xx within
// `patience` is success. Error: kUsage for a malformed URL, otherwise kIo with the reason or the answer.
Expected<void> probe(const std::string& url, std::chrono::milliseconds patience);

}  // namespace leeway
