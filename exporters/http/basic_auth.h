// Passwords of Basic authentication against bcrypt hashes. A hash takes 50 ms and more, by intent: they are computed on
// a thread of their own, one at a time and each combination once, and outcomes are kept. Used by WebGate.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/http/mailbox.h"
#include "exporters/http/worker.h"

namespace leeway {

struct Credentials {
  std::string user;
  std::string password;
};
// Of the value of an Authorization header; none if it is not that of Basic authentication.
std::optional<Credentials> parse_basic_authorization(std::string_view value);

// Whether bcrypt makes `hash` of the password. Takes as long for a wrong one. Any thread.
bool matches_bcrypt(const std::string& password, const std::string& hash);

// Server's thread only.
class BasicAuth {
 public:
  using Users = std::map<std::string, std::string, std::less<>>;
  enum class Verdict : std::uint8_t { kGranted, kRefused, kBusy };
  using Done = std::function<void(Verdict)>;

  static constexpr std::size_t kMostWaiting = 16;  // hashes to compute, each for any number of requests
  static constexpr std::size_t kMostKept = 100;    // outcomes, of those granted and of those refused

  explicit BasicAuth(std::shared_ptr<Mailbox> mailbox);

  // `done` runs once: before this returns where the outcome is known, else on the server's thread, while there is one.
  // A user who is not known takes as long as one who is.
  void check(const Users& users, std::string_view authorization, Done done);

 private:
  // Of user, whether there is such a one, hash and password, under a key of this process: passwords are not kept.
  using Key = std::array<std::uint8_t, 32>;

  // A set that forgets the oldest.
  class Kept {
   public:
    bool contains(const Key& key) const { return keys_.contains(key); }
    void add(const Key& key);

   private:
    std::set<Key> keys_;
    std::vector<Key> order_;
    std::size_t next_ = 0;
  };

  Key key_of(const Credentials& given, bool known, const std::string& hash) const;
  void finish(const Key& key, bool granted);

  std::shared_ptr<Mailbox> mailbox_;
  Key secret_{};
  Kept granted_;
  Kept refused_;
  std::map<Key, std::vector<Done>> waiting_;
  Worker worker_{kMostWaiting, std::chrono::milliseconds(0)};  // its jobs own what they use
};

}  // namespace leeway
