// The log source and generations that hold nothing but the same first line, as a service writes it that starts again
// and again, or whose log is rotated by time.
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

const std::string kBanner = "banner " + std::string(5000, '=') + "\n";  // longer than what is compared at once

class LogBannerTest : public LogContentTest {
 protected:
  void compress(const std::string& path) {
    files_.append(path + ".gz", gzip(files_.content(path)));
    ASSERT_TRUE(files_.remove(path));
  }
};

TEST_F(LogBannerTest, OneThatIsGoneDoesNotDelayWhatFollowedIt) {
  const std::string log = "/pods/0.log";
  files_.make_symlink(log, "/containers/app.log");
  files_.append(log, kBanner + lines(20));
  Tail tail(files_, {"/containers/*.log"});
  tail.settle();
  for (const char* const name : {".1", ".2"}) {
    rename(log, log + name);
    files_.append(log, kBanner);
    tail.settle();
  }
  const std::string state = tail.save();
  compress(log + ".1");
  compress(log + ".2");
  rename(log, log + ".3");  // while the agent is down
  files_.append(log, kBanner + lines(24));
  compress(log + ".3");
  rename(log, log + ".4");
  files_.append(log, kBanner);
  compress(log + ".4");
  rename(log, log + ".5");
  files_.append(log, kBanner + lines(38));
  tail.start_from(state);
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogBannerTest, TheNextLogIsAnotherThoughItHasTheSameInode) {
  files_.set_reuse_inodes(true);
  files_.append(kLog, kBanner);
  Tail tail(files_, {kLog});
  tail.look();
  const std::string state = tail.save();
  const std::uint64_t inode = files_.stat(kLog)->inode;
  tail.start_from(state);  // no file is open
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, kBanner + lines(30));
  rename(kLog, "/log/app.log.2");
  compress("/log/app.log.1");
  files_.append(kLog, kBanner + lines(5));
  ASSERT_EQ(files_.stat(kLog)->inode, inode);
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogBannerTest, ACompressedGenerationThatIsReadMayBeDeletedAtOnce) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.look();
  std::string state = tail.save();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, lines(30));
  compress("/log/app.log.1");
  rename(kLog, "/log/app.log.2");
  files_.append(kLog, lines(3));
  compress("/log/app.log.2");
  tail.start_from(state);
  tail.look();
  state = tail.save();
  ASSERT_TRUE(files_.remove("/log/app.log.1.gz"));
  ASSERT_TRUE(files_.remove("/log/app.log.2.gz"));
  tail.start_from(state);
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

}  // namespace
}  // namespace leeway
