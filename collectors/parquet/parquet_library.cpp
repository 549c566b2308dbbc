#include "collectors/parquet/parquet_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace leeway {
namespace {

Error unusable(const std::string& reason) {
  return {ErrorCode::kConfiguration, "\"parquet\" cannot be read: " + reason};
}

Expected<const ParquetModule*> load(const std::string& path) {
  // The allocator bundled with Arrow would start a thread, although nothing is allocated from it.
  ::setenv("JE_ARROW_MALLOC_CONF", "background_thread:false", 0);
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    return unusable(::dlerror());
  }
  using Entry = const ParquetModule* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, ParquetModule::kSymbol));
  const ParquetModule* const module = entry == nullptr ? nullptr : entry();
  if (module == nullptr || module->version != ParquetModule::kVersion || module->value_size != sizeof(Value)) {
    return unusable(path + " belongs to another version of leeway");
  }
  return module;
}

}  // namespace

std::vector<std::string> parquet_module_folders() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path folder = error ? "." : program.parent_path();
  return {folder.string(), (folder / LEEWAY_MODULE_PATH).lexically_normal().string()};
}

Expected<const ParquetModule*> load_parquet_module(const std::vector<std::string>& folders) {
  std::string searched;
  for (const std::string& folder : folders) {
    const std::string path = folder + "/" + ParquetModule::kFileName;
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      return load(path);
    }
    searched += (searched.empty() ? "" : " or ") + folder;
  }
  return unusable(std::string("there is no ") + ParquetModule::kFileName + " in " + searched +
                  "; it is built only with Apache Arrow: run deploy/install-arrow.sh, then build leeway again");
}

}  // namespace leeway
