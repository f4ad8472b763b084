#include "web/request_headers.h"

#include <gtest/gtest.h>

namespace sightline::web {
namespace {

TEST(AcceptsGzip, WhereItIsNamed) {
  for (const char* header :
       {"gzip", "GZIP", "x-gzip", "br, gzip", "deflate, gzip;q=0.5 , br",
        "gzip; q=1.0", "*", "br;q=0, *;q=0.1"}) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
}

TEST(AcceptsGzip, NotWhereItIsMissingOrRefused) {
  for (const char* header : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000",
                             "*;q=0", "gzip;q=0, *", "gzipped", "gzip;q=x"}) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

TEST(NamesETag, ComparesWeaklyAndWhole) {
  EXPECT_TRUE(NamesETag("\"a\"", "\"a\""));
  EXPECT_TRUE(NamesETag("\"b\" , W/\"a\"", "\"a\""));
  EXPECT_TRUE(NamesETag(" * ", "\"a\""));
  EXPECT_FALSE(NamesETag("", "\"a\""));
  EXPECT_FALSE(NamesETag("\"aa\", a", "\"a\""));
}

TEST(PercentDecoded, ReadsEscapes) {
  EXPECT_EQ(*PercentDecoded("ori%3aCA%3A%7e+"), "ori:CA:~+");
  EXPECT_EQ(*PercentDecoded(""), "");
  for (const char* const bad : {"%", "%4", "a%zz", "%%41"}) {
    EXPECT_FALSE(PercentDecoded(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace sightline::web
