#include "daemon/settings/settings.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iterator>
#include <sstream>

#include "daemon/settings/secrets.hpp"
#include "daemon/settings/settings_table.hpp"
#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::daemon {
namespace {

std::string error_of(const std::string& key, const std::string& value) {
    Settings settings;
    const auto set = set_setting(settings, key, value);
    return set ? "" : to_text(set.error());
}

std::vector<std::string> errors_of(std::string_view yaml) {
    Settings settings;
    std::vector<std::string> texts;
    for (const Error& error : apply_settings(settings, "segmentd.yaml", yaml)) texts.push_back(to_text(error));
    return texts;
}

std::string readable_by_owner_only(const std::string& path) {
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0600));
    return path;
}

TEST_CASE("a settings file changes what it says, nested or with full stops, and nothing else") {
    Settings settings;
    Settings expected;
    expected.listen = "[::1]:0";
    expected.log_level = "debug";
    expected.log_format = "json";
    expected.clock_max_step = std::chrono::minutes(10);
    expected.endpoints["crm"].url = "https://crm.example.com/hook";
    expected.endpoints["crm"].timeout = std::chrono::seconds(20);

    const auto errors = apply_settings(settings, "segmentd.yaml",
                                       "listen: '[::1]:0'\n"
                                       "log: {level: debug}\n"
                                       "log.format: json\n"
                                       "clock:\n  max_step: 10m\n"
                                       "endpoints:\n  crm:\n    url: https://crm.example.com/hook\n    timeout: 20s\n");

    CHECK(errors.empty());
    CHECK(settings == expected);
}

TEST_CASE("every mistake of a settings file is named with its line and the way out") {
    CHECK(errors_of("listn: x\n") ==
          std::vector<std::string>{
              "segmentd.yaml:1:8: there is no setting 'listn' [unknown_key]; did you mean 'listen'?"});
    CHECK(errors_of("log:\n  levl: info\n  format: xml\n") ==
          std::vector<std::string>{
              "segmentd.yaml:2:9: there is no setting 'log.levl' [unknown_key]; did you mean 'log.level'?",
              "segmentd.yaml:3:11: log.format: 'xml' is none of: auto, text, json [wrong_value]"});
    CHECK(errors_of("log.level: info\nlog: {level: debug}\n") ==
          std::vector<std::string>{"segmentd.yaml:2:14: log.level stands twice [duplicate_key]; keep one of the two"});
    CHECK(errors_of("listen: [a, b]\n") ==
          std::vector<std::string>{"segmentd.yaml:1:9: listen: must be one value [wrong_type]; write key: value"});
    CHECK(errors_of("listen:\n") ==
          std::vector<std::string>{
              "segmentd.yaml:1:1: listen: has no value [wrong_type]; leave the key out to keep the default"});
    CHECK(errors_of("log: debug\n").size() == 1);
    CHECK(errors_of("- listen\n").size() == 1);
    CHECK(errors_of("listen: 'a\n").size() == 1);
    CHECK(errors_of("port_file: a\n---\nport_file: b\n").size() == 1);
    CHECK(errors_of("endpoints:\nlog:\n").empty());
    CHECK(errors_of("").empty());
}

TEST_CASE("an unknown key below an endpoint names the nearest one of that endpoint") {
    CHECK(error_of("endpoints.crm.ulr", "x") ==
          "there is no setting 'endpoints.crm.ulr' [unknown_key]; did you mean 'endpoints.crm.url'?");
    CHECK(error_of("endpoints.CRM.url", "x") ==
          "there is no setting 'endpoints.CRM.url' [unknown_key]; the name of an endpoint is a word such as crm");
    CHECK(error_of("endpoints.<name>.url", "x") ==
          "there is no setting 'endpoints.<name>.url' [unknown_key]; the name of an endpoint is a word such as crm");
}

TEST_CASE("values are checked, borders included") {
    CHECK(error_of("ingest.batch_events", "1").empty());
    CHECK(error_of("ingest.batch_events", "100000").empty());
    CHECK(error_of("ingest.batch_events", "0") ==
          "ingest.batch_events: '0' is no whole number from 1 to 100000 [wrong_value]");
    CHECK(error_of("ingest.batch_events", "10k") ==
          "ingest.batch_events: '10k' is no whole number from 1 to 100000 [wrong_value]");
    CHECK(error_of("clock.max_step", "2d") ==
          "clock.max_step: '2d' is no duration from 1s to 1d [wrong_value]; write 15s or 5m");
    CHECK(error_of("workspace", "") == "workspace: is empty, must be a path [wrong_value]");
    CHECK(error_of("listen", "8686") ==
          "listen: '8686' is no address:port [wrong_value]; write 127.0.0.1:8686, or 127.0.0.1:0 for a free port");
}

TEST_CASE("an address to listen on has a port, and brackets where it is IPv6") {
    const auto local = parse_listen("localhost:0").value();
    const auto six = parse_listen("[::1]:8686").value();

    CHECK(local.address == "127.0.0.1");
    CHECK(local.port == 0);
    CHECK(six.address == "::1");
    CHECK(six.port == 8686);
    for (const char* text : {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "::1:8686"}) {
        CAPTURE(text);
        CHECK(!parse_listen(text));
    }
}

TEST_CASE("a file named without a slash is a credential where there are credentials") {
    CHECK(credential_path("tls_key", "/run/credentials/segmentd") == "/run/credentials/segmentd/tls_key");
    CHECK(credential_path("/etc/key.pem", "/run/credentials/segmentd") == "/etc/key.pem");
    CHECK(credential_path("tls_key", "") == "tls_key");
    CHECK(credential_path("", "/run/credentials/segmentd").empty());
}

TEST_CASE("the command line counts more than the file") {
    const TemporaryFolder folder;
    const auto file = folder.write("segmentd.yaml", "log.level: debug\ndata: /a\n");

    const auto loaded = load_settings({file, {"data=/b=c", "endpoints.crm.url=http://127.0.0.1:1/"}});

    REQUIRE(loaded);
    CHECK(loaded->settings.log_level == "debug");
    CHECK(loaded->settings.data == "/b=c");
    CHECK(loaded->settings.endpoints.at("crm").url == "http://127.0.0.1:1/");
    CHECK(loaded->settings.listen == "127.0.0.1:8686");
    CHECK(loaded->warnings.empty());
}

TEST_CASE("all mistakes of file and command line are given together") {
    const TemporaryFolder folder;
    const auto file = folder.write("segmentd.yaml", "a: 1\n");

    const auto loaded = load_settings({file, {"log.level", "b=1"}});
    const auto missing = load_settings({folder.path() / "none.yaml", {}});

    REQUIRE(!loaded);
    CHECK(loaded.error().size() == 3);
    REQUIRE(!missing);
    CHECK(missing.error()[0].code == ErrorCode::not_found);
}

TEST_CASE("a settings file with a secret that others can read is warned of") {
    const TemporaryFolder folder;
    const auto file = folder.write("segmentd.yaml", "endpoints.crm.secret: whsec_x\n");

    const auto open = load_settings({file, {}});
    const auto closed = load_settings({readable_by_owner_only(file), {}});

    REQUIRE(open);
    CHECK(open->warnings.size() == 1);
    REQUIRE(closed);
    CHECK(closed->warnings.empty());
}

TEST_CASE("a secret comes from the setting, its file or the credentials of the service") {
    const TemporaryFolder folder;
    const std::string credentials = folder.path() / "credentials";
    folder.write("credentials/crm_secret", "named\n");
    folder.write("credentials/endpoints.shop.secret", "usual");
    Settings settings;
    settings.endpoints["literal"].secret = "typed";
    settings.endpoints["file"].secret_file = readable_by_owner_only(folder.write("secret", "stored\r\n"));
    settings.endpoints["named"].secret_file = "crm_secret";

    CHECK(endpoint_secret(settings, "literal", credentials).value() == "typed");
    CHECK(endpoint_secret(settings, "file", credentials).value() == "stored");
    CHECK(endpoint_secret(settings, "named", credentials).value() == "named");
    CHECK(endpoint_secret(settings, "shop", credentials).value() == "usual");
    CHECK(endpoint_secret(settings, "shop", "").value() == std::nullopt);
    CHECK(endpoint_secret(settings, "other", credentials).value() == std::nullopt);
    CHECK(previous_endpoint_secret(settings, "shop", credentials).value() == std::nullopt);
}

TEST_CASE("a secret file that holds more than one plain line is refused with its name and what it holds") {
    const TemporaryFolder folder;
    Settings settings;
    settings.data = folder.path() / "data";
    const auto message_of = [&](const std::string& content) {
        settings.secrets["token"] = readable_by_owner_only(folder.write("token", content));
        const auto secret = named_secret(settings, "token", "");
        return secret ? "" : secret.error().message;
    };
    const auto holds = "the secret in " + (folder.path() / "token").string() + " holds ";

    CHECK(message_of("plain\n").empty());
    CHECK(message_of("two\nlines\n") == holds + "a line feed");
    CHECK(message_of("plain\n\n") == holds + "a line feed");
    CHECK(message_of("old\rend") == holds + "a carriage return");
    CHECK(message_of(std::string("a\0b", 3)) == holds + "a NUL");
    CHECK(message_of("a\tb") == holds + "a control character");
    CHECK(message_of(" plain") == holds + "a blank at its beginning");
    CHECK(message_of("plain \n") == holds + "a blank at its end");
}

TEST_CASE("a secret file that others can read, that is empty, too large or missing is refused") {
    const TemporaryFolder folder;
    Settings settings;
    settings.endpoints["open"].secret_file = folder.write("open", "x");
    settings.endpoints["empty"].secret_file = readable_by_owner_only(folder.write("empty", "\n"));
    settings.endpoints["large"].secret_file = readable_by_owner_only(folder.write("large", std::string(4097, 'x')));
    settings.endpoints["missing"].secret_file = folder.path() / "missing";
    settings.endpoints["both"].secret = "x";
    settings.endpoints["both"].secret_file = "y";

    CHECK(endpoint_secret(settings, "open", "").error().hint == "chmod 600 " + (folder.path() / "open").string());
    CHECK(endpoint_secret(settings, "empty", "").error().code == ErrorCode::invalid);
    CHECK(endpoint_secret(settings, "large", "").error().code == ErrorCode::limit);
    CHECK(endpoint_secret(settings, "missing", "").error().code == ErrorCode::not_found);
    CHECK(endpoint_secret(settings, "both", "").error().hint == "keep endpoints.both.secret_file");
}

TEST_CASE("the commented settings file, read back, changes nothing") {
    Settings settings;

    CHECK(apply_settings(settings, "segmentd.yaml", settings_yaml()).empty());
    CHECK(settings == Settings{});
}

TEST_CASE("the commented settings file works when everything in it is uncommented") {
    std::istringstream lines(settings_yaml());
    std::string yaml;
    for (std::string line; std::getline(lines, line);) {
        const bool is_setting = line.starts_with("#") && (line[1] != ' ' || line[2] == ' ');
        yaml += (is_setting ? line.substr(1) : line) + '\n';
    }
    Settings settings;

    const auto errors = apply_settings(settings, "segmentd.yaml", yaml);

    CHECK(errors.empty());
    CHECK(settings.endpoints.at("crm").timeout == std::chrono::seconds(15));
    CHECK(settings.data == "/var/lib/segmentd");
}

TEST_CASE("the committed settings file is the one that the table writes") {
    const auto path = std::filesystem::path(SEGMENTD_SOURCE_DIR) / "config" / "segmentd.yaml";
    if (std::getenv("SEGMENTD_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << settings_yaml();

    std::ifstream file(path);
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == settings_yaml());
}

TEST_CASE("help and reference name every setting") {
    for (const SettingRow& row : settings_table()) {
        CHECK(settings_help().find("  " + row.key + " ") != std::string::npos);
        CHECK(settings_markdown().find("| `" + row.key + "` | ") != std::string::npos);
        CHECK(row.standard.empty() != row.example.empty());
    }
}

}  // namespace
}  // namespace segmentd::daemon
