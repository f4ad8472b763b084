#include "statement/text.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::statement {
namespace {

TEST(IsPlainText, TakesUtf8) {
  EXPECT_TRUE(IsPlainText(""));
  EXPECT_TRUE(IsPlainText("Ca\xc3\xb1on City, \xe2\x82\xac \xf0\x9f\x98\x80"));
}

TEST(IsPlainText, RefusesBrokenUtf8) {
  for (absl::string_view text :
       {"\xff", "\xc3", "a\xe2\x82", "\xc0\xaf",  // cut, overlong
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsPlainText(text));
  }
}

TEST(IsPlainText, RefusesWhatSteersATerminalOrAReader) {
  for (absl::string_view text :
       {"a\nb", "a\tb", "\x1b[2J", "\x7f", "\xc2\x9b", "\xe2\x80\xae",
        "\xe2\x81\xa6", "\xe2\x80\xa8", "\xef\xbb\xbf"}) {
    EXPECT_FALSE(IsPlainText(text));
  }
  EXPECT_FALSE(IsPlainText(absl::string_view("a\0b", 3)));
}

TEST(Printable, ReplacesThose) {
  EXPECT_EQ(Printable("a\x1b[2Jb\xff"), "a?[2Jb?");
  EXPECT_EQ(Printable("\xe2\x80\xaegpj"), "?gpj");
  EXPECT_EQ(Printable("caf\xc3\xa9"), "caf\xc3\xa9");
}

}  // namespace
}  // namespace sightline::statement
