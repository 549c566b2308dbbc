#include "exporters/http/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

// Standard base64 with its padding; none for anything else.
std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::size_t kGroup = 4;
  constexpr std::size_t kBytes = 3;
  if (text.empty() || text.size() % kGroup != 0) {
    return std::nullopt;
  }
  std::string out(text.size() / kGroup * kBytes, '\0');
  // It accepts blanks around the text, which the caller has removed.
  const int size =
      ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size != static_cast<int>(out.size())) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(out.size() - padding);
  return out;
}

// One of the users, always the same for a name.
const std::string& hash_of_another(const BasicAuth::Users& users, const std::string& name) {
  auto user = users.begin();
  std::advance(user, static_cast<std::ptrdiff_t>(std::hash<std::string>()(name) % users.size()));
  return user->second;
}

}  // namespace

std::optional<Credentials> parse_basic_authorization(std::string_view value) {
  constexpr std::string_view kScheme = "basic ";
  if (lower_case(value.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  value.remove_prefix(kScheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  const std::optional<std::string> text = decode_base64(value);
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

bool matches_bcrypt(const std::string& password, const std::string& hash) {
  const auto work = std::make_unique<crypt_data>();
  const char* const made = ::crypt_r(password.c_str(), hash.c_str(), work.get());
  const bool same =
      made != nullptr && std::strlen(made) == hash.size() && ::CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  ::OPENSSL_cleanse(work.get(), sizeof *work);
  // crypt_r() sees only what is before a NUL.
  return same && password.find('\0') == std::string::npos;
}

BasicAuth::BasicAuth(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {
  if (::RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) {
    throw std::runtime_error("the system has no random numbers");
  }
}

void BasicAuth::Kept::add(const Key& key) {
  if (!keys_.insert(key).second) {
    return;
  }
  if (order_.size() < kMostKept) {
    order_.push_back(key);
    return;
  }
  keys_.erase(std::exchange(order_[next_], key));
  next_ = (next_ + 1) % kMostKept;
}

BasicAuth::Key BasicAuth::key_of(const Credentials& given, bool known, const std::string& hash) const {
  // The lengths keep apart what would be the same text.
  const std::string text = (known ? "known " : "unknown ") + std::to_string(given.user.size()) + ":" + given.user +
                           std::to_string(hash.size()) + ":" + hash + given.password;
  Key key{};
  unsigned size = 0;
  ::HMAC(::EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), key.data(), &size);
  return key;
}

void BasicAuth::check(const Users& users, std::string_view authorization, Done done) {
  const std::optional<Credentials> given = parse_basic_authorization(authorization);
  if (!given || users.empty()) {
    done(Verdict::kRefused);
    return;
  }
  const auto user = users.find(given->user);
  const bool known = user != users.end();
  const std::string& hash = known ? user->second : hash_of_another(users, given->user);
  const Key key = key_of(*given, known, hash);
  if (granted_.contains(key) || refused_.contains(key)) {
    done(known && granted_.contains(key) ? Verdict::kGranted : Verdict::kRefused);
    return;
  }
  if (const auto waiting = waiting_.find(key); waiting != waiting_.end()) {
    waiting->second.push_back(std::move(done));
    return;
  }
  const bool accepted = worker_.run([this, mailbox = mailbox_, key, known, hash, password = given->password] {
    const bool granted = matches_bcrypt(password, hash) && known;
    // Dropped once the server, and with it this object, is gone.
    mailbox->post([this, key, granted] { finish(key, granted); });
  });
  if (!accepted) {
    done(Verdict::kBusy);
    return;
  }
  waiting_[key].push_back(std::move(done));
}

void BasicAuth::finish(const Key& key, bool granted) {
  (granted ? granted_ : refused_).add(key);
  const auto waiting = waiting_.extract(key);
  if (waiting) {
    for (const Done& done : waiting.mapped()) {
      done(granted ? Verdict::kGranted : Verdict::kRefused);
    }
  }
}

}  // namespace leeway
