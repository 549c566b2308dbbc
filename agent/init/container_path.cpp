#include "agent/init/container_path.h"

#include <re2/re2.h>

namespace leeway {
namespace {

constexpr const char* kPodFields = R"re(/(?P<namespace>[^/_]+)_(?P<pod>[^/_]+)_[^/_]+/(?P<container>[^/]+)/[^/]+$)re";
constexpr const char* kLinkFields =
    R"re(/(?P<pod>[^/_]+)_(?P<namespace>[^/_]+)_(?P<container>[^/]+)-[0-9a-f]{64}\.log$)re";
constexpr const char* kDockerFields = R"re(/(?P<container>[0-9a-f]{12})[0-9a-f]{52}/[^/]+$)re";

// "web-" of "web-6d9c7f5b8-x2x7k", of "web-0" and of "web-x2x7k": what a Deployment, a StatefulSet or a DaemonSet adds
// is another one tomorrow.
std::string workload_of(const std::string& pod) {
  static const RE2 kAdded(
      R"re(^(.+?-)(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|\d+|[bcdfghjklmnpqrstvwxz2456789]{5})$)re");
  std::string workload;
  return RE2::FullMatch(pod, kAdded, &workload) ? workload : pod + "_";
}

// The workload without the mark behind it.
std::string owner_of(const std::string& pod) {
  const std::string workload = workload_of(pod);
  return workload.substr(0, workload.size() - 1);
}

}  // namespace

std::optional<ContainerPath> container_path(const std::string& path) {
  static const RE2 kPod(R"re(^(.*/)([^/_]+)_([^/_]+)_[0-9a-f]{8}-?[0-9a-f-]{24,27}/([^/]+)/\d+\.log(?:\.[^/]*)?$)re");
  static const RE2 kLink(R"re(^(.*/)([^/_]+)_([^/_]+)_([^/]+)-[0-9a-f]{64}\.log$)re");
  static const RE2 kDocker(R"re(^(.*/)[0-9a-f]{64}/[0-9a-f]{64}-json\.log(?:\.[^/]*)?$)re");
  std::string folder;
  std::string name_space;
  std::string pod;
  std::string container;
  if (RE2::FullMatch(path, kPod, &folder, &name_space, &pod, &container)) {
    return ContainerPath{folder + name_space + "_" + workload_of(pod) + "*/" + container + "/*.log", kPodFields,
                         container, owner_of(pod), ""};
  }
  if (RE2::FullMatch(path, kLink, &folder, &pod, &name_space, &container)) {
    const std::string workload = workload_of(pod);
    const std::string any = workload.ends_with('_') ? workload : workload + "*_";
    return ContainerPath{folder + any + name_space + "_" + container + "-*.log", kLinkFields, container, owner_of(pod),
                         ""};
  }
  if (RE2::FullMatch(path, kDocker, &folder)) {
    return ContainerPath{folder + "*/*-json.log", kDockerFields, "app", "", "container"};
  }
  return std::nullopt;
}

}  // namespace leeway
