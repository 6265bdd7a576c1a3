#include "base/sha256.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace segmentd {

// The examples of FIPS 180-4 as published by NIST.
TEST_CASE("SHA-256 of published texts has the published digits") {
    CHECK(to_hex(sha256(std::string_view(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256(std::string_view("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha256(std::string_view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a million letters added piece by piece hash as one text does") {
    Sha256Stream stream;

    for (int i = 0; i < 1000; ++i) stream.add(std::string(1000, 'a'));

    CHECK(to_hex(stream.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a finished stream begins anew") {
    Sha256Stream stream;
    stream.add(std::string_view("something else"));
    const auto ignored = stream.finish();

    stream.add(std::string_view("abc"));

    CHECK(stream.finish() == sha256(std::string_view("abc")));
    CHECK(ignored != sha256(std::string_view("abc")));
}

TEST_CASE("hexadecimal text is read in either case and written in small letters") {
    const auto bytes = from_hex("00fFAb7");
    const auto even = from_hex("00fFAb");

    CHECK_FALSE(bytes.has_value());
    REQUIRE(even.has_value());
    CHECK(to_hex(*even) == "00ffab");
    CHECK_FALSE(from_hex("0g").has_value());
    CHECK(from_hex("")->empty());
}

}  // namespace segmentd
