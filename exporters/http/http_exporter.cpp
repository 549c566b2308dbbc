#include "exporters/http/http_exporter.h"

#include "exporters/http/http_server.h"

namespace leeway {

HttpExporter::HttpExporter(HttpOptions options, SnapshotSource& source, PageRenderer renderer)
    : server_(std::make_shared<HttpServer>(std::move(options), source, std::move(renderer))) {}

HttpExporter::~HttpExporter() { server_->stop(); }

Expected<void> HttpExporter::start() { return server_->start(); }
void HttpExporter::stop() { server_->stop(); }
std::vector<std::string> HttpExporter::bound_addresses() const { return server_->bound_addresses(); }

}  // namespace leeway
