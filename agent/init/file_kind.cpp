#include "agent/init/file_kind.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace leeway {
namespace {

struct Magic {
  std::string_view bytes;
  const char* kind;
};
constexpr std::array kMagic = {Magic{"\x1f\x8b", "compressed by gzip, but not named .gz"},
                               Magic{"\x28\xb5\x2f\xfd", "compressed by zstd, but not named .zst"},
                               Magic{"BZh", "compressed by bzip2"},
                               Magic{"\xfd"
                                     "7zXZ",
                                     "compressed by xz"},
                               Magic{"PK\x03\x04", "a zip archive"},
                               Magic{"LPKSHHRH", "a journal of systemd (`journalctl -o json` prints it)"},
                               Magic{"SQLite format 3", "a database of SQLite"},
                               Magic{"\x7f"
                                     "ELF",
                                     "a program"},
                               Magic{"PAR1", "a Parquet file, but not named .parquet"},
                               Magic{"\x89PNG", "a picture"},
                               Magic{"\xff\xd8\xff", "a picture"},
                               Magic{"GIF8", "a picture"},
                               Magic{"%PDF-", "a PDF document"}};

struct Ending {
  std::string_view text;
  const char* kind;
};
constexpr const char* kConfiguration = "a configuration";
constexpr const char* kProgram = "the text of a program";
constexpr const char* kDocument = "a document";
constexpr const char* kKey = "a key or a certificate";
constexpr const char* kProcess = "a file with the number of a process";
constexpr std::array kEndings = {Ending{".pid", kProcess},
                                 Ending{".lock", "a lock"},
                                 Ending{".conf", kConfiguration},
                                 Ending{".cfg", kConfiguration},
                                 Ending{".cnf", kConfiguration},
                                 Ending{".ini", kConfiguration},
                                 Ending{".toml", kConfiguration},
                                 Ending{".yaml", kConfiguration},
                                 Ending{".yml", kConfiguration},
                                 Ending{".xml", kConfiguration},
                                 Ending{".env", kConfiguration},
                                 Ending{".properties", kConfiguration},
                                 Ending{".rc", kConfiguration},
                                 Ending{".service", kConfiguration},
                                 Ending{".py", kProgram},
                                 Ending{".sh", kProgram},
                                 Ending{".js", kProgram},
                                 Ending{".ts", kProgram},
                                 Ending{".java", kProgram},
                                 Ending{".go", kProgram},
                                 Ending{".rs", kProgram},
                                 Ending{".c", kProgram},
                                 Ending{".h", kProgram},
                                 Ending{".cpp", kProgram},
                                 Ending{".rb", kProgram},
                                 Ending{".pl", kProgram},
                                 Ending{".php", kProgram},
                                 Ending{".lua", kProgram},
                                 Ending{".sql", kProgram},
                                 Ending{".ps1", kProgram},
                                 Ending{".md", kDocument},
                                 Ending{".rst", kDocument},
                                 Ending{".html", kDocument},
                                 Ending{".css", kDocument},
                                 Ending{".pem", kKey},
                                 Ending{".key", kKey},
                                 Ending{".crt", kKey},
                                 Ending{".cer", kKey}};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// What no text has, but for the colours of a terminal and bytes that a log quotes.
bool is_control(unsigned char c) {
  return (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\x1b') || c == 0x7f;
}

}  // namespace

std::string binary_kind(std::string_view beginning) {
  for (const Magic& magic : kMagic) {
    if (beginning.starts_with(magic.bytes)) {
      return magic.kind;
    }
  }
  const bool utf16 = beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff");
  const auto control = static_cast<std::size_t>(std::count_if(beginning.begin(), beginning.end(), is_control));
  return !utf16 && control * 20 > beginning.size() ? "binary" : "";
}

std::string kind_by_name(const std::string& name) {
  const std::string lower = lower_case(name);
  for (const Ending& ending : kEndings) {
    if (lower.ends_with(ending.text) && lower.size() > ending.text.size()) {
      return ending.kind;
    }
  }
  return "";
}

bool is_named_log(const std::string& name) {
  const std::string lower = lower_case(name);
  for (const std::string_view part : {"log", ".out", ".err", "messages", "stdout", "stderr"}) {
    if (lower.find(part) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace leeway
