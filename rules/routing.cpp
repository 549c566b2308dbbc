#include "rules/routing.h"

#include <algorithm>
#include <array>
#include <map>
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

std::vector<std::string> usual_grouping() { return {"alertname", "job", "slo"}; }

struct Channel {
  Severity severity;
  const char* comment;
};
constexpr std::array<Channel, 3> kChannels{
    {{Severity::kCritical, ""}, {Severity::kWarning, ""}, {Severity::kInfo, "One message a day with all of them."}}};

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

std::string team_of(const AlertRule& alert) {
  const std::string* const team = find_label(alert.labels, "team");
  return team == nullptr ? "" : valid_utf8(*team);
}

// The routes of one catalogue's alerts.
class ServiceRoutes {
 public:
  explicit ServiceRoutes(const Catalog& catalog) : catalog_(catalog) {
    const std::string team = valid_utf8(catalog.settings.team);
    add_team(team);
    bool all_named = !catalog.alerts.empty();
    for (const AlertRule& alert : catalog.alerts) {
      add_team(team_of(alert));
      all_named = all_named && !team_of(alert).empty();
    }
    const bool single = all_named && teams_.size() == 1;
    shared_ = !team.empty() ? team : single ? *teams_.begin() : catalog.settings.name;
  }

  // Of alerts that name no team.
  const std::string& shared_receiver() const { return shared_; }

  std::vector<Receiver> receivers() const {
    std::vector<Receiver> result;
    for (const std::string& team : teams_) {
      result.push_back(placeholder(team, "Alerts of team " + team + "."));
    }
    if (teams_.count(shared_) == 0) {
      const char* const which = teams_.empty() ? "." : " that name no team.";
      result.push_back(placeholder(shared_, "Alerts of " + catalog_.settings.shown_title() + which));
    }
    return result;
  }

  std::vector<Route> routes() const {
    std::vector<Route> result;
    for (const std::string& team : teams_) {
      if (team != shared_) {
        Route route;
        route.match = {{"team", team}};
        route.receiver = team;
        route.routes = by_severity(team);
        result.push_back(std::move(route));
      }
    }
    const std::size_t others = result.size();
    for (Route& route : by_severity(shared_)) {
      result.push_back(std::move(route));
    }
    if (others != 0) {
      std::string& comment = result[others].comment;
      comment = "Alerts of none of the teams above." + (comment.empty() ? "" : "\n" + comment);
    }
    return result;
  }

  // Of alerts on another job, which the scope's labels do not find.
  std::vector<Route> foreign_routes() const {
    std::vector<Route> result;
    for (const AlertRule& alert : catalog_.alerts) {
      for (const std::string& job : alert.other_jobs) {
        const std::string team = team_of(alert);
        Route route = of_severity(alert.severity, team.empty() ? shared_ : team);
        route.comment = result.empty() ? "Alerts of " + catalog_.settings.shown_title() + " on other jobs." : "";
        route.match.insert(route.match.begin(), {"alertname", alert.name});
        for (const auto& [name, value] : {std::pair{"job", job}, std::pair{"team", team}}) {
          if (!value.empty()) {
            route.match.emplace_back(name, value);
          }
        }
        result.push_back(std::move(route));
      }
    }
    return result;
  }

 private:
  void add_team(const std::string& team) {
    if (!team.empty()) {
      teams_.insert(team);
    }
  }

  std::vector<std::string> windows_muting(Severity severity) const {
    std::vector<std::string> names;
    for (const MaintenanceWindow& window : catalog_.maintenance) {
      const std::vector<std::string>& muted = window.severities;
      if (muted.empty() || std::find(muted.begin(), muted.end(), to_string(severity)) != muted.end()) {
        names.push_back(window.name);
      }
    }
    return names;
  }

  Route of_severity(Severity severity, const std::string& receiver) const {
    Route route;
    route.match = {{"severity", std::string(to_string(severity))}};
    route.receiver = receiver;
    if (severity == Severity::kInfo) {
      route.group_by = {"job"};
      route.group_interval = kDigestInterval;
      route.repeat_interval = kDigestRepeat;
    }
    route.muted_in = windows_muting(severity);
    return route;
  }

  // Routes of alerts that are repeated at an interval of their own.
  void add_repeats(Severity severity, Route& route) const {
    std::set<std::pair<std::string, Duration>> added;
    for (const AlertRule& alert : catalog_.alerts) {
      if (alert.repeat > Duration{} && alert.severity == severity && added.emplace(alert.name, alert.repeat).second) {
        Route repeated;
        repeated.comment = "Stands for long: repeated less often.";
        repeated.match = {{"alertname", alert.name}};
        repeated.receiver = route.receiver;
        repeated.repeat_interval = alert.repeat;
        repeated.muted_in = route.muted_in;
        route.routes.push_back(std::move(repeated));
      }
    }
  }

  std::vector<Route> by_severity(const std::string& receiver) const {
    std::vector<Route> routes;
    for (const Channel& channel : kChannels) {
      routes.push_back(of_severity(channel.severity, receiver));
      routes.back().comment = channel.comment;
      if (channel.severity != Severity::kInfo) {
        add_repeats(channel.severity, routes.back());
      }
    }
    return routes;
  }

  const Catalog& catalog_;
  std::set<std::string> teams_;
  std::string shared_;
};

Route root_route(const std::string& receiver) {
  Route root;
  root.receiver = receiver;
  root.group_by = usual_grouping();
  root.group_wait = kGroupWait;
  root.group_interval = kGroupInterval;
  root.repeat_interval = kRepeatInterval;
  return root;
}

// Only on alerts of the catalogue. One whose source is on another job says so in its target already.
InhibitRule of_service(InhibitRule rule, const Catalog& catalog) {
  const RuleLabels& scope = catalog.settings.scope_labels;
  if (std::search(rule.target.begin(), rule.target.end(), scope.begin(), scope.end()) == rule.target.end()) {
    rule.source.insert(rule.source.end(), scope.begin(), scope.end());
  }
  return rule;
}

bool same_times(const MaintenanceWindow& a, const MaintenanceWindow& b) {
  return a.weekdays == b.weekdays && a.start == b.start && a.end == b.end && a.time_zone == b.time_zone;
}

// Adds the windows, and gives those another name in the catalogue whose name means other times already.
void add_maintenance(Catalog& catalog, std::vector<MaintenanceWindow>& all) {
  for (MaintenanceWindow& window : catalog.maintenance) {
    const auto named = [&all, &window] {
      return std::find_if(all.begin(), all.end(),
                          [&window](const MaintenanceWindow& other) { return other.name == window.name; });
    };
    while (named() != all.end() && !same_times(*named(), window)) {
      window.name += " of " + catalog.settings.name;
    }
    if (named() == all.end()) {
      all.push_back(window);
    }
  }
}

// Adds routes and receivers of a service. Its own routes follow all of `foreign`.
void add_service(const Catalog& catalog, Routing& routing, std::vector<Route>& foreign) {
  const ServiceRoutes service(catalog);
  for (Route& route : service.foreign_routes()) {
    foreign.push_back(std::move(route));
  }
  Route route;
  route.comment = "Alerts of " + catalog.settings.shown_title() + ".";
  route.match = catalog.settings.scope_labels;
  route.receiver = service.shared_receiver();
  route.group_by = usual_grouping();
  route.routes = service.routes();
  routing.root.routes.push_back(std::move(route));
  for (Receiver& receiver : service.receivers()) {
    const auto same = [&receiver](const Receiver& known) { return known.name == receiver.name; };
    if (std::none_of(routing.receivers.begin(), routing.receivers.end(), same)) {
      routing.receivers.push_back(std::move(receiver));
    }
  }
  for (const InhibitRule& rule : catalog.inhibitions) {
    routing.inhibitions.push_back(of_service(rule, catalog));
  }
}

}  // namespace

Routing routing_of(const Catalog& catalog) {
  const ServiceRoutes service(catalog);
  Routing routing{root_route(service.shared_receiver()), service.receivers(), catalog.inhibitions, catalog.maintenance};
  routing.root.routes = service.routes();
  return routing;
}

Expected<Routing> shared_routing_of(const std::vector<const Catalog*>& catalogs) {
  // The more labels a scope has, the fewer alerts it takes: it comes first.
  std::vector<const Catalog*> ordered = catalogs;
  std::stable_sort(ordered.begin(), ordered.end(), [](const Catalog* a, const Catalog* b) {
    return a->settings.scope_labels.size() > b->settings.scope_labels.size();
  });
  Routing routing{root_route("unrouted"), {placeholder("unrouted", "Alerts of none of the services.")}, {}, {}};
  std::map<RuleLabels, std::string> scopes;
  std::vector<Route> foreign;
  for (const Catalog* original : ordered) {
    Catalog catalog = *original;
    const RuleSettings& settings = catalog.settings;
    RuleLabels scope = settings.scope_labels;
    std::sort(scope.begin(), scope.end());
    const auto [other, fresh] = scopes.emplace(scope, settings.name);
    if (!fresh) {
      return Error{ErrorCode::kConfiguration,
                   "'" + other->second + "' and '" + settings.name + "' both have the scope " + settings.scope +
                       ": their alerts cannot be told apart; expected another 'job' or 'selector' in [rules] of one"};
    }
    add_maintenance(catalog, routing.maintenance);
    add_service(catalog, routing, foreign);
  }
  routing.root.routes.insert(routing.root.routes.begin(), foreign.begin(), foreign.end());
  return routing;
}

}  // namespace leeway
