#include "exporters/http/web_reload.h"

#include <utility>

namespace leeway {
namespace {

// For files of some kilobytes: a disk or a network that does not answer.
constexpr std::chrono::seconds kOverdue(30);

}  // namespace

WebReload::WebReload(boost::asio::io_context& context, const HttpOptions& options, std::shared_ptr<Mailbox> mailbox,
                     WebGate& gate, const Clock& clock)
    : options_(options),
      current_(options.web),
      timer_(context),
      mailbox_(std::move(mailbox)),
      gate_(gate),
      clock_(clock),
      watch_(std::make_shared<WebFileWatch>(*options.files, options.web)) {}

void WebReload::check_later() {
  timer_.expires_after(options_.web_check_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      check_later();
      check();
    }
  });
}

void WebReload::check() {
  if (checking_since_) {
    complain_if_overdue();
    return;
  }
  worker_.run([this, watch = watch_, mailbox = mailbox_, now = clock_.wall()] {
    // Dropped once the server, and with it this object, is gone.
    mailbox->post([this, outcome = watch->check(now)] { apply(outcome); });
  });
  checking_since_ = clock_.monotonic();
}

void WebReload::complain_if_overdue() {
  if (!overdue_ && clock_.monotonic() - *checking_since_ > kOverdue) {
    overdue_ = true;
    options_.on_web_reload(Error{ErrorCode::kIo, current_->path + ": it or a file that it names cannot be read: the "
                                                                  "disk does not answer"});
  }
}

void WebReload::apply(const std::optional<WebFileWatch::Outcome>& outcome) {
  checking_since_.reset();
  const bool was_overdue = std::exchange(overdue_, false);
  if (outcome && *outcome) {
    current_ = **outcome;
    gate_.replace(current_);
  }
  if (outcome || was_overdue) {
    options_.on_web_reload(outcome ? *outcome : WebFileWatch::Outcome(current_));
  }
}

}  // namespace leeway
