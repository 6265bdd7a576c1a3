#include <fstream>

#include "daemon/store/files.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

std::filesystem::path heads_file(const StoreFolder& folder) {
    return folder.store() / "tree_heads.jsonl";
}

TEST_CASE("a signed tree head is verified by the store's public key and by no other") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());

    const SignedTreeHead head = store.sign_head().value();

    CHECK(head.origin == store.store_id());
    CHECK(head.head == store.tree_head());
    CHECK(head.engine_time == from_microseconds(3'000'000));
    CHECK(is_signed_by(head, store.public_key()));
    CHECK_FALSE(is_signed_by(head, public_key_of(SigningSeed{1})));
}

TEST_CASE("a head that says anything else than was signed is not verified") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    const SignedTreeHead head = store.sign_head().value();

    SignedTreeHead larger = head, later = head, elsewhere = head, other_root = head;
    ++larger.head.size;
    later.engine_time += Duration(1);
    elsewhere.origin += "0";
    other_root.head.root[31] ^= 1;

    CHECK(is_signed_by(head, store.public_key()));
    CHECK_FALSE(is_signed_by(larger, store.public_key()));
    CHECK_FALSE(is_signed_by(later, store.public_key()));
    CHECK_FALSE(is_signed_by(elsewhere, store.public_key()));
    CHECK_FALSE(is_signed_by(other_root, store.public_key()));
}

TEST_CASE("the same seed signs the same head with the same line") {
    REQUIRE(prepare_cryptography().has_value());
    SignedTreeHead head;
    head.origin = "00ff";
    head.head = {2, Sha256{}};
    head.engine_time = from_microseconds(1'000'000);

    // The public key is the one of RFC 8032, section 7.1, test 1.
    const SigningSeed seed = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                              0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                              0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
    const std::string line = to_line(sign(head, seed));

    CHECK(line.substr(0, line.find("\"signature\"")) ==
          R"({"engine_time":"1970-01-01T00:00:01Z","origin":"00ff",)"
          R"("public_key":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",)"
          R"("root":"0000000000000000000000000000000000000000000000000000000000000000",)");
    CHECK(to_line(parse_tree_head(line).value()) == line);
}

TEST_CASE("lines that are no signed tree head are refused") {
    CHECK_FALSE(parse_tree_head("").has_value());
    CHECK_FALSE(parse_tree_head("{}").has_value());
    CHECK_FALSE(parse_tree_head("[]").has_value());
    CHECK_FALSE(
        parse_tree_head(
            R"({"engine_time":"1970-01-01T00:00:01Z","origin":"a","public_key":"","root":"","signature":"","size":1})")
            .has_value());
}

TEST_CASE("heads gather in their file, and a journal that continues them is accepted") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    REQUIRE(store.sign_head().has_value());
    commit(store, {signal(1, "ada"), tick(2)});
    REQUIRE(store.sign_head().has_value());
    commit(store, {signal(3, "bob")});
    REQUIRE(store.sign_head().has_value());

    const auto heads = read_tree_heads(heads_file(folder)).value();

    REQUIRE(heads.size() == 3);
    CHECK(heads[0].head.size == 0);
    CHECK(heads[1].head.size == 2);
    CHECK(heads[2].head == store.tree_head());
    CHECK(read_all(store).value() == three_records());
}

TEST_CASE("a head is signed again only where something was added since, in another run too") {
    const StoreFolder folder;
    {
        Store store = open_writer(folder);
        commit(store, three_records());
        const auto first = store.sign_head().value();
        CHECK(to_line(store.sign_head().value()) == to_line(first));
    }
    Store store = open_writer(folder);
    REQUIRE(read_all(store).has_value());
    REQUIRE(store.sign_head().has_value());

    CHECK(read_tree_heads(heads_file(folder)).value().size() == 2);  // the first was signed over no records
}

TEST_CASE("an unfinished last line is cut off before another is added, however long it is") {
    const StoreFolder folder;
    const auto file = folder.path() / "lines";
    for (const std::size_t size : {std::size_t{3}, std::size_t{4096}, std::size_t{10'000}}) {
        std::ofstream(file) << "whole\n" << std::string(size, 'x');

        REQUIRE(append_line(file, "next").has_value());

        CHECK(read_file(file).value() == "whole\nnext\n");
    }
    std::ofstream(file) << std::string(5'000, 'x');
    REQUIRE(append_line(file, "only").has_value());
    CHECK(read_file(file).value() == "only\n");
}

TEST_CASE("records cut off behind a signed head are missed") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    REQUIRE(store.sign_head().has_value());

    folder.tamper("DELETE FROM journal WHERE sequence = 3");
    std::filesystem::remove(folder.store() / "committed");

    const auto records = read_all(store);
    CHECK(records.error().code == ErrorCode::corrupt);
    CHECK(records.error().message == "the journal ends with record 2, but a tree head of 3 records was signed");
}

TEST_CASE("a journal rewritten with the right keys does not continue its signed head") {
    const StoreFolder folder;
    {
        Store store = open_writer(folder);
        commit(store, three_records());
        REQUIRE(store.sign_head().has_value());
    }
    const std::string heads = read_tree_heads(heads_file(folder)).value().size() == 2 ? "kept" : "";
    std::filesystem::rename(heads_file(folder), folder.path() / "aside");
    folder.tamper("DELETE FROM journal");
    std::filesystem::remove(folder.store() / "committed");
    {
        Store store = open_writer(folder);
        REQUIRE(read_all(store).has_value());
        commit(store, {signal(1, "ada"), tick(2), signal(3, "mallory")});
    }
    std::filesystem::rename(folder.path() / "aside", heads_file(folder));

    Store store = open_writer(folder);

    CHECK(heads == "kept");
    CHECK(read_all(store).error().message ==
          "the first 3 records of the journal are not those whose tree head was signed");
}

TEST_CASE("a head of another store among the own is refused") {
    const StoreFolder folder, other;
    Store store = open_writer(folder);
    Store stranger = open_writer(other);
    REQUIRE(stranger.sign_head().has_value());

    std::filesystem::copy_file(heads_file(other), heads_file(folder));

    CHECK(read_all(store).error().code == ErrorCode::corrupt);
}

TEST_CASE("a line that a crash left unfinished does not count and is cut off by the next") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    REQUIRE(store.sign_head().has_value());
    std::ofstream(heads_file(folder), std::ios::app) << R"({"engine_time":"19)";

    CHECK(read_tree_heads(heads_file(folder)).value().size() == 1);
    commit(store, three_records());
    REQUIRE(store.sign_head().has_value());

    CHECK(read_tree_heads(heads_file(folder)).value().size() == 2);
    CHECK(read_all(store).has_value());
}

}  // namespace
}  // namespace segmentd::daemon
