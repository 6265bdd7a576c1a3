#include "daemon/audit/index_page.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/sha256.hpp"
#include "daemon/audit/packet.hpp"

namespace segmentd::daemon {
namespace {

std::string escaped(std::string_view text);
std::string facts_of(const Packet& packet);
std::string table_of_files(const Packet& packet);

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #bbb }}
td.count {{ text-align: right }}
code {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
)";

constexpr std::string_view how_to_check = R"(<h2>How to check it</h2>
<p>Either of these does all of it, without the store and without a network:</p>
<ul>
<li><code>segmentctl audit verify FOLDER</code></li>
<li><code>python3 verify_packet.py FOLDER</code>, a script that needs nothing but Python; it comes with the
source of segmentd (docs/operating), not with this folder, so that whoever made the folder did not choose its judge.</li>
</ul>
<p>Add <code>--key</code> with the public key that the store's owner gave you on another way, and compare the SHA-256
of manifest.json with the one that was told you when the folder was made.</p>
<ol>
<li>manifest.json has the SHA-256 that manifest.sha256 says; every file has the one that manifest.json says.</li>
<li>headers.bin is a list of 52 bytes a record: sequence (8), type (2), engine time in microseconds since 1970 (8),
schema (2), SHA-256 of the sealed payload (32), numbers big-endian. Its Merkle root (RFC 6962, section 2.1) is the one
that head.json signs with Ed25519, over the JSON of engine_time, origin, root and size in this order without blanks.</li>
<li>Sequences have no gap, so the counts of records.csv are those of all records there were, and every change that the
headers know stands in changes.csv.</li>
<li>In memberships.csv at_start + entered - left - dropped is at_end.</li>
</ol>
)";

constexpr std::string_view limits = R"(<h2>What it does not say</h2>
<ul>
<li>The signature covers the headers: how many records there were, of which type, when, and the hash of each sealed
payload. What the tables say about their content is stated by whoever made this folder. It can be made again from the
store, byte for byte.</li>
<li>Customers stand as pseudonyms, the same one in every packet of a store. Only the store's own key leads back; the
sequence beside it finds the record in the store. Pseudonyms are still personal data.</li>
<li>Refused inputs (rejects.csv) and the end of tokens go by the wall clock, everything else by the engine's clock; the
two differ where the past was imported. Refused inputs are not in the tree.</li>
<li>A touch shows what had become of it by the end of the quarter; deliveries of later quarters are not here.</li>
<li>A quarter that still runs shows the state at its last record.</li>
</ul>
</main>
</body>
</html>
)";

}  // namespace

std::string index_page(const Packet& packet) {
    const auto title = fmt::format("Audit packet {}", packet.quarter);
    auto page = fmt::format(fmt::runtime(head), fmt::arg("title", escaped(title)));
    page += facts_of(packet);
    page += table_of_files(packet);
    page += how_to_check;
    page += limits;
    return page;
}

namespace {

std::string facts_of(const Packet& packet) {
    std::string text;
    if (!packet.is_over) text += "<p><strong>The quarter is not over.</strong></p>\n";
    if (packet.records_in_quarter == 0) text += "<p><strong>The journal has no record in this quarter.</strong></p>\n";
    text += fmt::format(
        "<p>Store <code>{}</code>, as it was at {}. The journal had {} records by then, {} of them in the quarter; "
        "the signed tree head is of {} records.</p>\n<p>Public key of the store: <code>{}</code></p>\n",
        escaped(packet.head.origin), to_text(packet.state_at), packet.records, packet.records_in_quarter,
        packet.head.head.size, to_hex(packet.head.public_key));
    return text;
}

std::string table_of_files(const Packet& packet) {
    std::string text =
        "<h2>Files</h2>\n<table>\n<thead><tr><th scope=\"col\">File</th><th scope=\"col\">What</th>"
        "<th scope=\"col\">Rows</th><th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n";
    for (const auto& file : packet.files) {
        text += fmt::format(
            "<tr><td><a href=\"{0}\">{0}</a></td><td>{1}</td><td "
            "class=\"count\">{2}</td><td><code>{3}</code></td></tr>\n",
            escaped(file.name), escaped(file.what), file.rows, to_hex(sha256(file.bytes)));
    }
    return text + "</tbody>\n</table>\n";
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char character : text) {
        switch (character) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            default: safe += character;
        }
    }
    return safe;
}

}  // namespace
}  // namespace segmentd::daemon
