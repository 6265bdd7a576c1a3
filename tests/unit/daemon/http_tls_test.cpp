#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include "daemon/net/http_client.hpp"
#include "tests/unit/daemon/raw_connection.hpp"

namespace segmentd::daemon {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// A fresh key and a certificate, signed by itself, for the name "localhost" only.
struct Identity {
    Owned<EVP_PKEY> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    Owned<X509> certificate{X509_new(), X509_free};

    Identity() {
        X509* const x509 = certificate.get();
        X509_set_version(x509, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
        X509_set_pubkey(x509, key.get());
        const auto* name = reinterpret_cast<const unsigned char*>("localhost");
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC, name, -1, -1, 0);
        X509_set_issuer_name(x509, X509_get_subject_name(x509));
        const Owned<X509_EXTENSION> names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"),
                                          X509_EXTENSION_free);
        X509_add_ext(x509, names.get(), -1);
        X509_sign(x509, key.get(), EVP_sha256());
    }

    void write(const std::filesystem::path& path) const {
        const Owned<BIO> file(BIO_new_file(path.c_str(), "w"), BIO_free_all);
        PEM_write_bio_X509(file.get(), certificate.get());
    }
};

// Speaks TLS where the client goes through with it, and answers one request.
ScriptedServer::Part answers_over_tls(const Identity& identity) {
    return [&identity](RawConnection& connection) {
        const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
        SSL_CTX_use_certificate(context.get(), identity.certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
        const Owned<SSL> tls(SSL_new(context.get()), SSL_free);
        SSL_set_fd(tls.get(), connection.socket());
        char request[4096];
        if (SSL_accept(tls.get()) != 1 || SSL_read(tls.get(), request, sizeof request) <= 0) return;
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
    };
}

TEST_CASE("https is spoken only with a server whose certificate is trusted and names the host") {
    const Identity identity;
    const auto authorities =
        std::filesystem::temp_directory_path() / ("segmentd_tls_test_" + std::to_string(::getpid()) + ".pem");
    identity.write(authorities);
    ScriptedServer server({answers_over_tls(identity), answers_over_tls(identity), answers_over_tls(identity)});
    const std::string port = std::to_string(server.port());
    HttpClient trusting({.authorities_file = authorities.string()});
    HttpClient with_system_authorities({});

    const auto good = trusting.fetch({.url = "https://localhost:" + port + "/", .method = "GET"});
    const auto other_name = trusting.fetch({.url = "https://127.0.0.1:" + port + "/", .method = "GET"});
    const auto unknown = with_system_authorities.fetch({.url = "https://localhost:" + port + "/", .method = "GET"});
    std::filesystem::remove(authorities);

    REQUIRE(good);
    CHECK(good->body == "ok");
    REQUIRE(!other_name);
    CHECK(other_name.error().message.starts_with("could not agree on TLS: certificate verify failed"));
    REQUIRE(!unknown);
    CHECK(unknown.error().message.starts_with("could not agree on TLS: certificate verify failed"));
}

TEST_CASE("without readable authorities no https call is made") {
    HttpClient client({.authorities_file = "/nowhere/authorities.pem"});

    const auto outcome = client.fetch({.url = "https://localhost:1/", .method = "GET"});

    REQUIRE(!outcome);
    CHECK(outcome.error().message.starts_with("the certificate authorities cannot be read"));
}

}  // namespace
}  // namespace segmentd::daemon
