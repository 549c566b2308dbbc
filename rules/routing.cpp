#include "rules/routing.h"

#include <array>
#include <set>
#include <utility>

#include "rules/text.h"

namespace leeway {
namespace {

// What Alertmanager's documentation recommends.
constexpr Duration kGroupWait = std::chrono::seconds(30);
constexpr Duration kGroupInterval = std::chrono::minutes(5);
constexpr Duration kRepeatInterval = std::chrono::hours(4);
// One digest a day. Alertmanager repeats at the first group interval after the repeat interval, counted from the end of
// the last notification: at 24 hours that would be every second day.
constexpr Duration kDigestInterval = std::chrono::hours(24);
constexpr Duration kDigestRepeat = std::chrono::hours(23);

struct Channel {
  Severity severity;
  const char* receiver;
  const char* meaning;
};
constexpr std::array<Channel, 3> kChannels{
    {{Severity::kCritical, "pager", "Critical alerts page the on-call engineer"},
     {Severity::kWarning, "tickets", "Warnings can wait for working hours: a ticket or a channel"},
     {Severity::kInfo, "digest", "Informational alerts, such as a slow burn: one message a day"}}};

// Bytes that need no escaping in the path of a URL, unchanged; the others as %XX.
std::string url_path(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string path;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    const auto byte = static_cast<unsigned char>(c);
    path += plain ? std::string(1, c) : std::string{'%', kHex[byte >> 4U], kHex[byte & 0xFU]};
  }
  return path;
}

Receiver placeholder(std::string name, std::string meaning) {
  std::string url = "http://set-the-receiver.invalid/" + url_path(name);
  return Receiver{std::move(name), std::move(meaning), std::move(url)};
}

std::vector<std::string> windows_muting(const Catalog& catalog, Severity severity) {
  std::vector<std::string> names;
  for (const MaintenanceWindow& window : catalog.maintenance) {
    bool muted = window.severities.empty();
    for (const std::string& name : window.severities) {
      muted = muted || name == to_string(severity);
    }
    if (muted) {
      names.push_back(window.name);
    }
  }
  return names;
}

// Adds a route for each severity, and their receivers.
void add_channels(const Catalog& catalog, const std::string& team, Routing& routing, Route& parent) {
  for (const Channel& channel : kChannels) {
    const std::string whose = team.empty() ? "" : ", of team " + team;
    Route route;
    route.match = {{"severity", std::string(to_string(channel.severity))}};
    route.receiver = (team.empty() ? "" : team + "-") + channel.receiver;
    if (channel.severity == Severity::kInfo) {
      route.comment = "One message a day with all of them.";
      route.group_by = {"job"};
      route.group_interval = kDigestInterval;
      route.repeat_interval = kDigestRepeat;
    }
    route.muted_in = windows_muting(catalog, channel.severity);
    routing.receivers.push_back(placeholder(route.receiver, channel.meaning + whose + "."));
    parent.routes.push_back(std::move(route));
  }
}

std::set<std::string> teams_of(const Catalog& catalog) {
  std::set<std::string> teams;
  const auto add = [&teams](std::string_view team) {
    if (!team.empty()) {
      teams.insert(valid_utf8(team));
    }
  };
  add(catalog.settings.team);
  for (const AlertRule& alert : catalog.alerts) {
    for (const auto& [name, value] : alert.labels) {
      if (name == "team") {
        add(value);
      }
    }
  }
  return teams;
}

}  // namespace

Routing routing_of(const Catalog& catalog) {
  Routing routing;
  Route& root = routing.root;
  root.receiver = "unrouted";
  root.group_by = {"alertname", "job", "slo"};
  root.group_wait = kGroupWait;
  root.group_interval = kGroupInterval;
  root.repeat_interval = kRepeatInterval;
  routing.receivers.push_back(placeholder(root.receiver, "Alerts with none of the severities below."));
  for (const std::string& team : teams_of(catalog)) {
    Route route;
    route.match = {{"team", team}};
    route.receiver = team + "-tickets";
    add_channels(catalog, team, routing, route);
    root.routes.push_back(std::move(route));
  }
  const bool teams = !root.routes.empty();
  const std::size_t shared = root.routes.size();
  add_channels(catalog, "", routing, root);
  if (teams) {
    std::string& comment = root.routes[shared].comment;
    comment = "Alerts of none of the teams above." + (comment.empty() ? "" : "\n" + comment);
  }
  return routing;
}

}  // namespace leeway
