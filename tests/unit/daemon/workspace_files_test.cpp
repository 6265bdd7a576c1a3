#include "daemon/settings/workspace_files.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::daemon {
namespace {

using Files = std::map<std::string, std::string>;

std::string refusal_of(const TemporaryFolder& folder) {
    const auto read = read_workspace_files(folder.path());
    return read ? "" : read.error().message;
}

TEST_CASE("every YAML file below a folder is read by its path from there") {
    const TemporaryFolder folder;
    folder.write("workspace.yaml", "workspace: w");
    folder.write("segments/deep/loyal.yml", "segment: loyal");
    folder.write("README.md", "not YAML");
    folder.write(".hidden.yaml", "x");
    folder.write(".git/config.yaml", "x");
    folder.write("node_modules/a/b.yaml", "x");

    CHECK(read_workspace_files(folder.path()).value() ==
          Files{{"segments/deep/loyal.yml", "segment: loyal"}, {"workspace.yaml", "workspace: w"}});
    CHECK(read_workspace_files(folder.path().string() + "/").value().size() == 2);
}

TEST_CASE("an empty folder gives no files and a missing one is named") {
    const TemporaryFolder folder;

    const auto missing = read_workspace_files(folder.path() / "none");

    CHECK(read_workspace_files(folder.path()).value().empty());
    REQUIRE(!missing);
    CHECK(missing.error().code == ErrorCode::not_found);
    CHECK(missing.error().message == "there is no folder " + (folder.path() / "none").string());
}

TEST_CASE("an ending in capitals is refused by name") {
    const TemporaryFolder folder;
    folder.write("workspace.yaml", "workspace: shop\n");
    folder.write("loyal.YAML", "segment: loyal\n");

    const auto refused = read_workspace_files(folder.path());

    REQUIRE_FALSE(refused.has_value());
    CHECK(to_text(refused.error()) == "loyal.YAML: its ending is in capitals [file_name]; end its name with .yaml");
}

TEST_CASE("visible files that are neither YAML nor notes are passed over by name, hidden ones in silence") {
    const TemporaryFolder folder;
    for (const char* name : {"workspace.yaml", "README.md", ".hidden", "loyal.yaml.bak", "notes.txt"}) {
        folder.write(name, "x: 1\n");
    }

    auto passed_over = read_workspace_folder(folder.path(), WorkspaceLimits{}).value().passed_over;
    std::ranges::sort(passed_over);

    CHECK(passed_over == std::vector<std::string>{"loyal.yaml.bak", "notes.txt"});
}

TEST_CASE("links stay within the folder and lead to files") {
    const TemporaryFolder outside;
    const auto secret = outside.write("secret.yaml", "x");

    const TemporaryFolder good;
    good.write(".data/a.yaml", "inside");
    std::filesystem::create_symlink(".data/a.yaml", good.path() / "a.yaml");
    const TemporaryFolder leaving;
    std::filesystem::create_symlink(secret, leaving.path() / "b.yaml");
    const TemporaryFolder folder_outside;
    std::filesystem::create_directory_symlink(outside.path(), folder_outside.path() / "segments");
    const TemporaryFolder loop;
    std::filesystem::create_directory_symlink(loop.path(), loop.path() / "again");
    const TemporaryFolder dangling;
    std::filesystem::create_symlink("nothing", dangling.path() / "c.yaml");

    CHECK(read_workspace_files(good.path()).value() == Files{{"a.yaml", "inside"}});
    CHECK(refusal_of(leaving) == "b.yaml links to a place outside the workspace");
    CHECK(refusal_of(folder_outside) == "segments links to a place outside the workspace");
    CHECK(refusal_of(loop) == "again links to a folder");
    CHECK(refusal_of(dangling) == "cannot read c.yaml: No such file or directory");
}

TEST_CASE("the folder itself may be a link") {
    const TemporaryFolder folder;
    folder.write("real/a.yaml", "x");
    std::filesystem::create_directory_symlink("real", folder.path() / "link");

    CHECK(read_workspace_files(folder.path() / "link").value() == Files{{"a.yaml", "x"}});
}

TEST_CASE("the limits hold, borders included") {
    const TemporaryFolder folder;
    folder.write("a.yaml", "12345");
    folder.write("b.yaml", "12345");

    CHECK(read_workspace_files(folder.path(), {.files = 2, .bytes = 10, .entries = 2}).has_value());
    CHECK(read_workspace_files(folder.path(), {.files = 1}).error().code == ErrorCode::limit);
    CHECK(read_workspace_files(folder.path(), {.bytes = 9}).error().code == ErrorCode::limit);
    CHECK(read_workspace_files(folder.path(), {.entries = 1}).error().code == ErrorCode::limit);
}

TEST_CASE("a name is one of a workspace where a folder could give it") {
    for (const auto* name : {"workspace.yaml", "segments/loyal.yml", "a b/c.d.yaml"}) {
        INFO(name);
        CHECK(is_name_in_workspace(name));
    }
    for (const auto* name : {"", "README.md", "/abs.yaml", "../x.yaml", "a/../x.yaml", "a//x.yaml", "./x.yaml",
                             ".x.yaml", ".git/x.yaml", "node_modules/x.yaml", "x.YAML", "yaml"}) {
        INFO(name);
        CHECK_FALSE(is_name_in_workspace(name));
    }
    CHECK_FALSE(is_name_in_workspace(std::string_view("nul\0.yaml", 9)));
}

TEST_CASE("a pipe that is named like YAML is refused instead of waited for") {
    const TemporaryFolder folder;
    const auto pipe = folder.path() / "pipe.yaml";
    REQUIRE(std::system(("mkfifo " + pipe.string()).c_str()) == 0);

    CHECK(refusal_of(folder) == pipe.string() + " is no file");
}

}  // namespace
}  // namespace segmentd::daemon
